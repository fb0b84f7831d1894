package pods

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/types"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/scrape/fetch"
)

type fixed []sample.Pod

func (f fixed) Targets(_ string, buf []sample.Pod) []sample.Pod { return append(buf, f...) }

// pod returns one that the server answers for.
func pod(t testing.TB, uid string, server *httptest.Server, path string) sample.Pod {
	t.Helper()
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		t.Fatal(err)
	}
	return sample.Pod{
		UID: types.UID(uid), Namespace: "ns", Name: uid, IP: u.Hostname(), Running: true,
		Targets: []sample.Target{{Metric: "m", Scheme: "http", Port: port, Path: path}},
	}
}

func serve(t testing.TB, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server
}

func answers(w http.ResponseWriter, users string) {
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"active_users": %s}`, users)
}

func newSource(t testing.TB, c Config, pods targets) *Source {
	t.Helper()
	c.Metric = "m"
	s, err := New(c, pods)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// app behaves as its path says.
func app(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/good":
		answers(w, "5")
	case "/query":
		answers(w, r.URL.Query().Get("users"))
	case "/redirect":
		http.Redirect(w, r, "/good", http.StatusFound)
	case "/slow":
		<-r.Context().Done()
	case "/stalls":
		answers(w, "5")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	case "/large":
		answers(w, strings.Repeat(" ", fetch.BodyLimit))
	case "/gzip":
		w.Header().Set("Content-Encoding", "gzip")
		answers(w, "5")
	case "/hangs-up":
		panic(http.ErrAbortHandler)
	default:
		http.NotFound(w, r)
	}
}

func TestCollectSortsEveryPodIntoSampleOrReason(t *testing.T) {
	server := serve(t, app)
	closed := httptest.NewServer(nil)
	refusing := pod(t, "refuses", closed, "/good")
	closed.Close()
	named := pod(t, "named", server, "/good")
	named.IP = "localhost"

	var pods fixed
	for _, path := range []string{"good", "query?users=8", "redirect", "slow", "stalls", "large", "gzip", "hangs-up", "nothing"} {
		pods = append(pods, pod(t, path, server, "/"+path))
	}
	pods = append(pods, refusing, named)
	before := time.Now()
	b := newSource(t, Config{Field: "active_users", Timeout: 500 * time.Millisecond}, pods).Collect(t.Context())

	values := map[string]float64{}
	for _, s := range b.Samples {
		values[string(s.Pod)] = s.Value
		if s.Time.Before(before) || s.Time.After(time.Now()) {
			t.Errorf("%s: measured at %v, which is not during the collection", s.Pod, s.Time)
		}
	}
	if diff := cmp.Diff(map[string]float64{"good": 5, "query?users=8": 8}, values); diff != "" {
		t.Errorf("samples (-want +got):\n%s", diff)
	}
	reasons := map[string]sample.Reason{}
	for _, f := range b.Failures {
		reasons[string(f.Pod)] = f.Reason
	}
	want := map[string]sample.Reason{
		"redirect": sample.ReasonStatus,
		"slow":     sample.ReasonTimeout,
		"stalls":   sample.ReasonTimeout,
		"large":    sample.ReasonTooLarge,
		"gzip":     sample.ReasonMalformed,
		"hangs-up": sample.ReasonConnection,
		"nothing":  sample.ReasonStatus,
		"refuses":  sample.ReasonConnection,
		"named":    sample.ReasonConnection, // a name is never resolved
	}
	if diff := cmp.Diff(want, reasons); diff != "" {
		t.Errorf("failures (-want +got):\n%s", diff)
	}
	if b.Err != nil || b.Metric != "m" {
		t.Errorf("batch of %q: %v", b.Metric, b.Err)
	}
}

func TestConnectionsAreKept(t *testing.T) {
	connections := 0
	server := httptest.NewUnstartedServer(http.HandlerFunc(app))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections++
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	s := newSource(t, Config{Field: "active_users", Timeout: 5 * time.Second}, fixed{pod(t, "a", server, "/good")})
	for range 3 {
		if b := s.Collect(t.Context()); len(b.Samples) != 1 {
			t.Fatalf("batch: %+v", b)
		}
	}
	if connections != 1 {
		t.Errorf("made %d connections for 3 collections, want 1", connections)
	}
}
