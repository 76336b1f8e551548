package stack

import (
	"errors"
	str "strings"
)

const Limit = 10

const (
	First = iota
	Second
)

var ErrEmpty = errors.New("empty")

type Stack[T any] struct {
	items []T
}

type Sized interface {
	Size() int
}

type Name = string
type Count int

func (s *Stack[T]) Push(item T) {
	s.items = append(s.items, item)
}

func (c Count) String() string { return str.Repeat("x", int(c)) }

func New[T any]() *Stack[T] {
	return &Stack[T]{}
}
