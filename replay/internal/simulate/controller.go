package simulate

import (
	"context"
	"sync"

	"github.com/go-logr/logr"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/client-go/scale"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/controller/podautoscaler"

	"userscale.dev/userscale/replay/internal/kube"
)

// silence keeps the controller from printing its errors, which a run has in its events, and from slowing down after them: the handler
// that does both remembers the last error of the process, whatever the time is in another run.
var silence = sync.OnceFunc(func() {
	klog.SetLogger(logr.Discard())
	utilruntime.ErrorHandlers = nil
})

// control runs upstream's controller on the stage until ctx ends.
func (s *stage) control(ctx context.Context, c *Controller, scales scale.ScalesGetter) {
	ctx = klog.NewContext(ctx, logr.New(s.heard))
	cluster := s.cluster
	controller := podautoscaler.NewHorizontalController(ctx, kube.EventClient{}, scales, cluster.HPAClient(), cluster.Mapper(),
		s.witness, cluster.HPAInformer(), cluster.PodInformer(),
		c.SyncPeriod, c.DownscaleStabilization, c.Tolerance, c.CPUInitializationPeriod, c.InitialReadinessDelay)
	cluster.Announce()
	controller.Run(ctx, 1)
}
