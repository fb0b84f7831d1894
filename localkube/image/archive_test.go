package image

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/opencontainers/go-digest"
	v1 "github.com/opencontainers/image-spec/specs-go/v1"
)

func testArchive(t *testing.T) map[string][]byte {
	t.Helper()
	var b bytes.Buffer
	i := Image{Name: "localhost/test:dev", Binary: []byte("binary"), Path: "/bin/program", Arch: "arm64"}
	if err := i.Archive(&b); err != nil {
		t.Fatal(err)
	}
	return untar(t, b.Bytes())
}

func untar(t *testing.T, data []byte) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for r := tar.NewReader(bytes.NewReader(data)); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		if files[header.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
}

// blob returns the content that a descriptor stands for, after comparing its size and digest.
func blob(t *testing.T, files map[string][]byte, d v1.Descriptor) []byte {
	t.Helper()
	data, ok := files["blobs/sha256/"+d.Digest.Encoded()]
	if !ok || int64(len(data)) != d.Size || digest.FromBytes(data) != d.Digest {
		t.Fatalf("blob %s of %d bytes: there are %d bytes of %s", d.Digest, d.Size, len(data), digest.FromBytes(data))
	}
	return data
}

func decode[T any](t *testing.T, data []byte) T {
	t.Helper()
	var value T
	if err := json.Unmarshal(data, &value); err != nil {
		t.Fatal(err)
	}
	return value
}

// TestArchive follows the archive as containerd does, from the index to the binary.
func TestArchive(t *testing.T) {
	files := testArchive(t)
	if layout := decode[v1.ImageLayout](t, files["oci-layout"]); layout.Version != "1.0.0" {
		t.Errorf("layout version %q", layout.Version)
	}
	index := decode[v1.Index](t, files["index.json"])
	if len(index.Manifests) != 1 || index.Manifests[0].Annotations[v1.AnnotationRefName] != "localhost/test:dev" {
		t.Fatalf("manifests %+v, want one with the image's name", index.Manifests)
	}
	manifest := decode[v1.Manifest](t, blob(t, files, index.Manifests[0]))
	config := decode[v1.Image](t, blob(t, files, manifest.Config))
	if diff := cmp.Diff([]string{"/bin/program"}, config.Config.Entrypoint); diff != "" {
		t.Errorf("entry point (-want +got):\n%s", diff)
	}
	if config.OS != "linux" || config.Architecture != "arm64" {
		t.Errorf("for %s/%s, want linux/arm64", config.OS, config.Architecture)
	}
	layer := blob(t, files, manifest.Layers[0])
	if config.RootFS.DiffIDs[0] != digest.FromBytes(layer) {
		t.Errorf("the layer is %s, but the configuration says %s", digest.FromBytes(layer), config.RootFS.DiffIDs[0])
	}
	if diff := cmp.Diff(map[string][]byte{"bin/program": []byte("binary")}, untar(t, layer)); diff != "" {
		t.Errorf("file system (-want +got):\n%s", diff)
	}
}

// The same image twice must be the same bytes, or containerd would keep both.
func TestArchiveIsReproducible(t *testing.T) {
	if diff := cmp.Diff(testArchive(t), testArchive(t)); diff != "" {
		t.Errorf("two archives differ:\n%s", diff)
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestArchiveError(t *testing.T) {
	err := Image{Name: "localhost/test:dev", Path: "/p"}.Archive(brokenWriter{})
	if err == nil || err.Error() != "write the archive of image localhost/test:dev: disk full" {
		t.Errorf("got %v", err)
	}
}
