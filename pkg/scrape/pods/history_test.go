package pods

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/types"

	"userscale.dev/userscale/pkg/sample"
)

func named(uids string) []sample.Pod {
	var pods []sample.Pod
	for uid := range strings.FieldsSeq(uids) {
		pods = append(pods, sample.Pod{UID: types.UID(uid), Name: uid})
	}
	return pods
}

// became is what asking brought: "ok", "missed", or a reason.
func became(outcomes string) []answer {
	var answers []answer
	for outcome := range strings.FieldsSeq(outcomes) {
		a := answer{asked: outcome != "missed"}
		if a.asked && outcome != "ok" {
			a.failure.Reason = sample.Reason(outcome)
		}
		answers = append(answers, a)
	}
	return answers
}

func (h *history) asked(pods []sample.Pod) string {
	var uids []string
	for _, i := range h.order(pods, nil) {
		uids = append(uids, string(pods[i].UID))
	}
	return strings.Join(uids, " ")
}

// TestOrder: pods that answer are asked first and those that fail last, and of each kind first those that were not reached.
func TestOrder(t *testing.T) {
	h := newHistory()
	first := named("a b c d e f")
	if got := h.asked(first); got != "a b c d e f" {
		t.Errorf("with nothing known the order is %s", got)
	}
	h.update(t.Context(), "m", first, became("timeout ok status ok missed missed"))
	if got := h.asked(named("a b c d e f g")); got != "b d e f g a c" {
		t.Errorf("the order is %s", got)
	}
	h.update(t.Context(), "m", first, became("ok ok missed missed timeout ok"))
	if got := h.asked(named("a b c d e f g")); got != "d a b f g c e" {
		t.Errorf("then it is %s", got)
	}
	h.update(t.Context(), "m", first, became("missed missed missed missed missed missed"))
	if got := h.asked(named("a b c d e f g")); got != "a b d f g c e" {
		t.Errorf("after one that reached nobody it is %s", got)
	}
}

func TestHistoryForgets(t *testing.T) {
	h := newHistory()
	h.update(t.Context(), "m", named("gone heals"), became("timeout timeout"))
	h.update(t.Context(), "m", named("heals sickens"), became("ok status"))
	want := map[types.UID]past{
		"heals":   {known: true, round: 2},
		"sickens": {known: true, round: 2, reason: sample.ReasonStatus},
	}
	if diff := cmp.Diff(want, h.pods, cmp.AllowUnexported(past{})); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
}
