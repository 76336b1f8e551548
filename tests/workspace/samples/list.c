#include <stdlib.h>
#include "list.h"

#define LIMIT 10
#define MAX(a, b) ((a) > (b) ? (a) : (b))

typedef struct node {
    struct node *next;
    int value;
} node_t;

typedef int (*compare_fn)(int, int);

enum color { RED, GREEN };
union word { int i; float f; };

static const int START = 0;

static int compare(int a, int b);

node_t *push(node_t *head, int value)
{
    node_t *node = malloc(sizeof *node);
    node->next = head;
    return node;
}

static int compare(int a, int b) { return MAX(a, b); }
