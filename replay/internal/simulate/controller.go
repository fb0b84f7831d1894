package simulate

import (
	"context"
	"sync"

	"github.com/go-logr/logr"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/client-go/scale"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/controller/podautoscaler"
	"k8s.io/kubernetes/pkg/controller/podautoscaler/metrics"

	"userscale.dev/userscale/replay/internal/kube"
)

// silence keeps the controller from printing its errors, which a run has in its events, and from slowing down after them: the handler
// that does both remembers the last error of the process, whatever the time is in another run.
var silence = sync.OnceFunc(func() {
	klog.SetLogger(logr.Discard())
	utilruntime.ErrorHandlers = nil
})

// control runs upstream's controller over the cluster until ctx ends.
func control(ctx context.Context, c *Controller, cluster *kube.Cluster, scales scale.ScalesGetter, client metrics.MetricsClient, heard logr.LogSink) {
	ctx = klog.NewContext(ctx, logr.New(heard))
	controller := podautoscaler.NewHorizontalController(ctx, kube.EventClient{}, scales, cluster.HPAClient(), cluster.Mapper(),
		client, cluster.HPAInformer(), cluster.PodInformer(),
		c.SyncPeriod, c.DownscaleStabilization, c.Tolerance, c.CPUInitializationPeriod, c.InitialReadinessDelay)
	cluster.Announce()
	controller.Run(ctx, 1)
}
