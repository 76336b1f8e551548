// Package meter counts events by name.
package meter

import "sort"

// Meter counts events. The zero value is ready to use.
type Meter struct {
	counts map[string]int
}

// Add counts one event.
func (m *Meter) Add(name string) {
	if m.counts == nil {
		m.counts = map[string]int{}
	}
	m.counts[name]++
}

// SortedNames are the names of all events, most frequent first.
func (m *Meter) SortedNames() []string {
	names := make([]string, 0, len(m.counts))
	for name := range m.counts {
		names = append(names, name)
	}
	sort.Slice(names, func(i, j int) bool { return m.counts[names[i]] > m.counts[names[j]] })
	return names
}
