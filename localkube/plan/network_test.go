package plan

import (
	"net/netip"
	"testing"
)

// Addresses that overlap would be routed to the wrong place, silently.
func TestAddressesDoNotOverlap(t *testing.T) {
	ranges := map[string]netip.Prefix{
		"node": netip.MustParsePrefix(NodeCIDR).Masked(), "services": netip.MustParsePrefix(ServiceCIDR), "pods": netip.MustParsePrefix(PodCIDR),
	}
	for a, first := range ranges {
		for b, second := range ranges {
			if a != b && first.Overlaps(second) {
				t.Errorf("%s %s and %s %s overlap", a, first, b, second)
			}
		}
	}
}

func TestWellKnownServices(t *testing.T) {
	services := netip.MustParsePrefix(ServiceCIDR)
	if first := services.Addr().Next(); first.String() != APIIP {
		t.Errorf("APIIP is %s, but kube-apiserver takes %s", APIIP, first)
	}
	if !services.Contains(netip.MustParseAddr(DNSIP)) {
		t.Errorf("DNSIP %s is not in %s", DNSIP, services)
	}
}

func TestRoomForPods(t *testing.T) {
	addresses := 1<<(32-netip.MustParsePrefix(PodCIDR).Bits()) - 3 // without network, gateway and broadcast
	if addresses < 2*MaxPods {
		t.Errorf("%d addresses for %d pods: too few while old ones end", addresses, MaxPods)
	}
}
