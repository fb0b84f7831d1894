package exposition

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkSums picks a gauge and a counter out of a page, of the metrics that a program has anyway and some hundreds of its own.
func BenchmarkSums(b *testing.B) {
	var text strings.Builder
	for i := range 50 {
		fmt.Fprintf(&text, "# HELP go_metric_%[1]d What it means.\n# TYPE go_metric_%[1]d gauge\ngo_metric_%[1]d{kind=\"a\"} %[1]d\n", i)
	}
	text.WriteString("# HELP requests_seconds How long they take.\n# TYPE requests_seconds histogram\n")
	for i := range 30 {
		for _, le := range []string{"0.1", "0.5", "1", "2.5", "5", "+Inf"} {
			fmt.Fprintf(&text, "requests_seconds_bucket{path=\"/api/v1/things/%d\",le=%q} %d\n", i, le, i)
		}
		fmt.Fprintf(&text, "requests_seconds_sum{path=\"/api/v1/things/%[1]d\"} %[1]d.25\nrequests_seconds_count{path=\"/api/v1/things/%[1]d\"} %[1]d\n", i)
	}
	text.WriteString("# TYPE active_users gauge\nactive_users{tier=\"a\"} 5\nactive_users{tier=\"b\"} 6\n# TYPE active_user_seconds gauge\nactive_user_seconds 7\n")
	selectors := []Selector{Named("active_users"), Named("active_user_seconds")}
	for _, body := range []struct{ name, contentType, text string }{
		{"text", asText, text.String()},
		{"openmetrics", asOpenMetrics, text.String() + "# EOF\n"},
		{"protobuf", asProtobuf, delimited(b, text.String())},
	} {
		b.Run("body="+body.name, func(b *testing.B) {
			page := []byte(body.text)
			b.SetBytes(int64(len(page)))
			b.ReportAllocs()
			for b.Loop() {
				if sums, err := Sums(body.contentType, page, selectors...); err != nil || sums[0].Value != 11 {
					b.Fatal(sums, err)
				}
			}
		})
	}
}
