package eventlog

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// identity is what a data directory says of the node whose it is.
type identity struct {
	Node    string `json:"node"`
	Cluster string `json:"cluster,omitempty"` // "" if the directory is a lone node's
	Grows   bool   `json:"grows,omitempty"`   // what a lone node stored is to be copied into the cluster

	run string // random, of this process
}

func identityPath(dir string) string { return filepath.Join(dir, "node.json") }

// readIdentity returns an empty one if there is none.
func readIdentity(dir string) (id identity, err error) {
	raw, err := os.ReadFile(identityPath(dir))
	if errors.Is(err, os.ErrNotExist) {
		return identity{}, nil
	}
	if err == nil {
		err = json.Unmarshal(raw, &id)
	}
	if err != nil {
		return identity{}, fmt.Errorf("read which node this is: %w", err)
	}
	return id, nil
}

// save replaces what the directory says in one step.
func (id identity) save(dir string) error {
	raw, err := json.Marshal(id)
	if err != nil {
		return err
	}
	return replaceFile(identityPath(dir), raw)
}

func replaceFile(path string, raw []byte) error {
	temp := path + ".new"
	if err := os.WriteFile(temp, raw, 0o640); err != nil {
		return err
	}
	return errors.Join(syncPath(temp), os.Rename(temp, path), syncPath(filepath.Dir(path)))
}

// identify reads who this node is, or gives it a name, which it keeps.
func (c *clustered) identify() (err error) {
	if c.id, err = readIdentity(c.dir); err != nil {
		return err
	}
	if was := c.id.Cluster; was != "" && was != c.cluster.Name {
		return fmt.Errorf("data directory belongs to a node of cluster %q, not of %q: give each cluster directories of its own", was, c.cluster.Name)
	}
	c.new = c.id.Cluster == "" || c.id.Grows
	c.bare = !holdsStream(c.streamsDir(), sessionsStream)
	if c.id.Node == "" {
		c.id.Node = newNodeName()
	}
	c.id.run = rand.Text()
	return nil
}

func newNodeName() string { return strings.ToLower(rand.Text()[:12]) }

// mustBeAlone refuses a directory whose entries a lone node would not see.
func mustBeAlone(dir string) error {
	id, err := readIdentity(dir)
	if err == nil && id.Cluster != "" {
		err = fmt.Errorf("data directory belongs to a node of cluster %q and cannot be opened alone: start it with its cluster settings", id.Cluster)
	}
	return err
}
