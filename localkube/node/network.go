package node

import (
	"fmt"
	"net"
	"os"

	"github.com/vishvananda/netlink"

	"userscale.dev/userscale/localkube/plan"
)

// Network sets up the calling process's network namespace, which must be its own: the node's address on one end of a veth pair
// (a kubelet refuses a loopback address, and not every kernel has dummy devices), and a route there for the services'
// addresses, so that packets to them come by kube-proxy's rules. There is no way out of it.
func Network() error {
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		return fmt.Errorf("find the loopback device: %w", err)
	}
	if err := netlink.LinkSetUp(lo); err != nil {
		return fmt.Errorf("bring up the loopback device: %w", err)
	}
	link, err := addPair("node0", "node1")
	if err != nil {
		return err
	}
	address, err := netlink.ParseAddr(plan.NodeCIDR)
	if err != nil {
		return fmt.Errorf("parse the node's address: %w", err)
	}
	if err := netlink.AddrAdd(link, address); err != nil {
		return fmt.Errorf("give %s the address %s: %w", link.Attrs().Name, address, err)
	}
	_, services, err := net.ParseCIDR(plan.ServiceCIDR)
	if err != nil {
		return fmt.Errorf("parse the services' addresses: %w", err)
	}
	if err := netlink.RouteAdd(&netlink.Route{LinkIndex: link.Attrs().Index, Dst: services, Scope: netlink.SCOPE_LINK}); err != nil {
		return fmt.Errorf("route %s to %s: %w", services, link.Attrs().Name, err)
	}
	if err := os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0); err != nil {
		return fmt.Errorf("forward packets between pods: %w", err)
	}
	return nil
}

// addPair makes a veth pair whose ends are both up, and returns the first end.
func addPair(name, peer string) (netlink.Link, error) {
	attributes := netlink.NewLinkAttrs()
	attributes.Name = name
	if err := netlink.LinkAdd(&netlink.Veth{LinkAttrs: attributes, PeerName: peer}); err != nil {
		return nil, fmt.Errorf("make the veth pair %s, %s: %w", name, peer, err)
	}
	for _, end := range []string{peer, name} {
		link, err := netlink.LinkByName(end)
		if err != nil {
			return nil, fmt.Errorf("find the device %s: %w", end, err)
		}
		if err := netlink.LinkSetUp(link); err != nil {
			return nil, fmt.Errorf("bring up %s: %w", end, err)
		}
	}
	return netlink.LinkByName(name)
}
