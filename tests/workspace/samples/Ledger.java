package books;

import java.util.List;
import static java.lang.Math.max;

public class Ledger implements Book {
    public static final int LIMIT = 10;
    private final List<Entry> entries;

    public Ledger(List<Entry> entries) {
        this.entries = entries;
    }

    @Override
    public long total() {
        return entries.stream().mapToLong(Entry::amount).sum();
    }

    enum Side { DEBIT, CREDIT }

    record Entry(Side side, long amount) {
        Entry {
            max(amount, 0);
        }
    }
}

interface Book {
    long total();
}

@interface Audited {}
