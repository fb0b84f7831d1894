package provider

import (
	"fmt"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/labels"

	"userscale.dev/userscale/pkg/sample"
)

// BenchmarkList turns the store's values into the answer's API objects. The reader answers at once: what the store needs is
// measured in its own package.
func BenchmarkList(b *testing.B) {
	for _, pods := range []int{10, 1_000, 10_000} {
		b.Run(fmt.Sprintf("pods=%d", pods), func(b *testing.B) {
			a := &many{}
			for i := range pods {
				a.values = append(a.values, sample.Value{
					Namespace: "shop", Name: fmt.Sprintf("web-%d", i), Milli: int64(i), Time: time.Unix(1_800_000_000, 0), Window: time.Minute,
				})
			}
			p, selector := New(a, nil), labels.SelectorFromSet(labels.Set{"app": "web"})
			b.ReportAllocs()
			for b.Loop() {
				list, err := p.GetMetricBySelector(b.Context(), "shop", selector, users(), labels.Everything())
				if err != nil || len(list.Items) != pods {
					b.Fatal(list, err)
				}
			}
		})
	}
}

// many is a reader that says the same whatever it is asked. Unlike answers it does not spend time on remembering the question.
type many struct{ answers }

// Group returns the values.
func (m *many) Group(time.Time, string, string, labels.Selector) ([]sample.Value, error) {
	return m.values, nil
}
