package dcgm

// Unit is what a field's values are in. It is known by the field's name and never guessed from small values: 0.9 may be either.
type Unit string

// The units. Values of a Ratio that cannot be one are taken for percent, see scales.
const (
	Percent Unit = "percent" // 0 to 100
	Ratio   Unit = "ratio"   // 0 to 1
)

// Field is a metric of dcgm-exporter that says how busy a GPU is.
type Field struct {
	Name string
	Unit Unit
}

// The field that NVIDIA calls GPU utilisation: the share of a second or less in which any kernel ran. A MIG instance has none, or 0.
// DCGM 4 calls it a ratio. Some of its releases have only the name changed and percent behind it.
var utilization = []Field{
	{"DCGM_FI_DEV_GPU_UTIL", Percent},
	{"DCGM_FI_DEV_GPU_UTIL_RATIO", Ratio},
	{"dcgm_gpu_utilization", Percent}, // dcgm-exporter 1.x
}

// The share of time in which the graphics or compute engine was busy. GPUs before Volta do not have it. There is no name of
// dcgm-exporter 1.x among these: it says percent of what is a ratio, and knew no MIG.
var engine = []Field{
	{"DCGM_FI_PROF_GR_ENGINE_ACTIVE", Ratio},
	{"DCGM_FI_PROF_GR_ENGINE_UTIL_RATIO", Ratio},
}

// DefaultFields are the fields to use where none are configured, the first that a GPU has: its utilisation, and the engine's
// activity where there is none, as in a MIG instance.
func DefaultFields() []Field {
	return append(append([]Field{}, utilization...), engine...)
}

// ofMIG says whether a field measures MIG instances too.
func (f Field) ofMIG() bool {
	for _, u := range utilization {
		if u.Name == f.Name {
			return false
		}
	}
	return true
}
