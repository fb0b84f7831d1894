// Package image makes container images without a container engine: one static binary on an empty file system, as an OCI archive
// that containerd imports.
package image

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"path"

	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	v1 "github.com/opencontainers/image-spec/specs-go/v1"
)

// Image is one static binary that a container runs.
type Image struct {
	Name   string // localhost/…:TAG
	Binary []byte
	Path   string // where the binary is in the container, and its entry point: absolute
	Arch   string // as Go calls it: amd64, arm64
}

// Archive writes the image to w as an OCI archive.
func (i Image) Archive(w io.Writer) error {
	layer, err := i.layer()
	if err != nil {
		return fmt.Errorf("make the layer of image %s: %w", i.Name, err)
	}
	a := &archive{tar: tar.NewWriter(w)}
	config := a.blob(v1.MediaTypeImageConfig, v1.Image{
		Platform: v1.Platform{Architecture: i.Arch, OS: "linux"},
		Config:   v1.ImageConfig{Entrypoint: []string{i.Path}},
		RootFS:   v1.RootFS{Type: "layers", DiffIDs: []digest.Digest{digest.FromBytes(layer)}},
	})
	manifest := a.blob(v1.MediaTypeImageManifest, v1.Manifest{
		Versioned: specs.Versioned{SchemaVersion: 2},
		MediaType: v1.MediaTypeImageManifest,
		Config:    config,
		Layers:    []v1.Descriptor{a.content(v1.MediaTypeImageLayer, layer)},
	})
	manifest.Annotations = map[string]string{v1.AnnotationRefName: i.Name}
	a.json(v1.ImageIndexFile, v1.Index{
		Versioned: specs.Versioned{SchemaVersion: 2},
		MediaType: v1.MediaTypeImageIndex,
		Manifests: []v1.Descriptor{manifest},
	})
	a.json(v1.ImageLayoutFile, v1.ImageLayout{Version: v1.ImageLayoutVersion})
	return a.close(i.Name)
}

// layer returns the image's file system as a tar.
func (i Image) layer() ([]byte, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	if err := w.WriteHeader(&tar.Header{Name: path.Clean(i.Path)[1:], Mode: 0o755, Size: int64(len(i.Binary))}); err != nil {
		return nil, err
	}
	if _, err := w.Write(i.Binary); err != nil {
		return nil, err
	}
	err := w.Close()
	return b.Bytes(), err
}

// archive keeps the first error, after which it does nothing more.
type archive struct {
	tar *tar.Writer
	err error
}

func (a *archive) blob(mediaType string, value any) v1.Descriptor {
	data, err := json.Marshal(value)
	if err != nil && a.err == nil {
		a.err = err
	}
	return a.content(mediaType, data)
}

func (a *archive) content(mediaType string, data []byte) v1.Descriptor {
	d := v1.Descriptor{MediaType: mediaType, Digest: digest.FromBytes(data), Size: int64(len(data))}
	a.file(path.Join(v1.ImageBlobsDir, d.Digest.Algorithm().String(), d.Digest.Encoded()), data)
	return d
}

func (a *archive) json(name string, value any) {
	data, err := json.Marshal(value)
	if err != nil && a.err == nil {
		a.err = err
	}
	a.file(name, data)
}

func (a *archive) file(name string, data []byte) {
	if a.err != nil {
		return
	}
	if a.err = a.tar.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(data))}); a.err != nil {
		return
	}
	_, a.err = a.tar.Write(data)
}

func (a *archive) close(name string) error {
	if a.err == nil {
		a.err = a.tar.Close()
	}
	if a.err != nil {
		return fmt.Errorf("write the archive of image %s: %w", name, a.err)
	}
	return nil
}
