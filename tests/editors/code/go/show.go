package meter

import "fmt"

// Top describes the n most frequent events.
func Top(m *Meter, n int) []string {
	var lines []string
	for i, name := range m.SortedNames() {
		if i == n {
			break
		}
		lines = append(lines, fmt.Sprintf("%d. %s", i+1, name))
	}
	return lines
}
