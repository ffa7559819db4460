package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

const deployed = "../../deploy"

// document is one of a file of YAML.
type document struct {
	file string
	root map[string]any
}

// documents are those of all files of YAML in deploy.
func documents(t *testing.T) (all []document) {
	t.Helper()
	err := filepath.WalkDir(deployed, func(file string, entry fs.DirEntry, err error) error {
		if ext := filepath.Ext(file); err != nil || entry.IsDir() || ext != ".yaml" && ext != ".yml" {
			return err
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		decoder := yaml.NewDecoder(bytes.NewReader(text))
		for {
			d := document{file: file}
			err := decoder.Decode(&d.root)
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				t.Errorf("%s: %v", file, err)
				return nil
			}
			all = append(all, d)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 10 {
		t.Fatalf("%d documents: is that all of deploy?", len(all))
	}
	return all
}

// find is what is at a path of a document, such as "spec.replicas"; a number is a place in a list.
func find(root any, path string) any {
	for step := range strings.SplitSeq(path, ".") {
		switch here := root.(type) {
		case map[string]any:
			root = here[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(here) {
				return nil
			}
			root = here[i]
		default:
			return nil
		}
	}
	return root
}

// the document of a file that has this value at this path.
func the(t *testing.T, file, path string, value any) map[string]any {
	t.Helper()
	for _, d := range documents(t) {
		if filepath.ToSlash(d.file) == deployed+"/"+file && (path == "" || find(d.root, path) == value) {
			return d.root
		}
	}
	t.Fatalf("deploy/%s has no document with %s of %v", file, path, value)
	return nil
}

func texts(list any) (out []string) {
	all, _ := list.([]any)
	for _, one := range all {
		s, _ := one.(string)
		out = append(out, s)
	}
	return out
}

// settings are the names of .env.example, which a test of internal/config holds against those that there are.
func settings(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for _, found := range regexp.MustCompile(`(?m)^([A-Z_]+)=`).FindAllStringSubmatch(read(t, "../../.env.example"), -1) {
		names[found[1]] = true
	}
	if len(names) < 30 {
		t.Fatalf("%d settings: is .env.example read as it is written?", len(names))
	}
	return names
}

func TestDeployedSettingsExist(t *testing.T) {
	known := settings(t)
	named := map[string][]string{}
	for _, file := range []string{"compose/compose.yaml", "compose/compose.tls.yaml"} {
		services, _ := the(t, file, "", nil)["services"].(map[string]any)
		for name := range services {
			environment, _ := find(services, name+".environment").(map[string]any)
			for setting := range environment {
				named[file] = append(named[file], setting)
			}
		}
	}
	for _, one := range find(the(t, "kubernetes/statefulset.yaml", "kind", "StatefulSet"), "spec.template.spec.containers.0.env").([]any) {
		named["kubernetes"] = append(named["kubernetes"], find(one, "name").(string))
	}
	for _, found := range regexp.MustCompile(`(?m)^ENV (.*)$`).FindAllStringSubmatch(read(t, deployed+"/Dockerfile"), -1) {
		for pair := range strings.FieldsSeq(found[1]) {
			name, _, _ := strings.Cut(pair, "=")
			named["Dockerfile"] = append(named["Dockerfile"], name)
		}
	}
	for _, found := range regexp.MustCompile(`([A-Z_]+)=(?:/|%d)`).FindAllStringSubmatch(read(t, deployed+"/systemd/magnapp.service"), -1) {
		named["systemd"] = append(named["systemd"], found[1])
	}
	if len(named) != 5 {
		t.Errorf("only these name settings: %v", named)
	}
	for where, names := range named {
		for _, name := range names {
			if !known[name] {
				t.Errorf("%s sets %s, which there is not", where, name)
			}
		}
	}
}

func TestComposeFits(t *testing.T) {
	root := the(t, "compose/compose.yaml", "", nil)
	tls := the(t, "compose/compose.tls.yaml", "", nil)
	nodes := []string{"a", "b", "c"}
	peers := strings.Split(find(root, "services.a.environment.CLUSTER_PEERS").(string), ",")
	port := find(root, "services.a.environment.PORT").(string)
	proxy := read(t, deployed+"/proxies/haproxy-cluster.cfg")
	if len(peers) != len(nodes) {
		t.Fatalf("peers are %v", peers)
	}
	for i, node := range nodes {
		at := "services." + node
		alias := texts(find(root, at+".networks.links.aliases"))
		if len(alias) != 1 || peers[i] != alias[0]+find(root, at+".environment.CLUSTER_LISTEN").(string) {
			t.Errorf("node %s is %v, and its peer is %s", node, alias, peers[i])
		}
		if !slices.Equal(texts(find(root, at+".volumes")), []string{node + ":" + find(root, at+".environment.DATA_DIR").(string)}) {
			t.Errorf("node %s keeps its data in %v", node, find(root, at+".volumes"))
		}
		if !strings.Contains(proxy, "server "+node+" "+node+":"+port+"\n") {
			t.Errorf("the proxy does not know node %s at port %s", node, port)
		}
		if find(root, at+".read_only") != true || find(root, at+".healthcheck.test.1") != "/magnapp" {
			t.Errorf("node %s may write, or nobody looks after it", node)
		}
		volumes := strings.Join(texts(find(tls, at+".volumes")), " ")
		for _, name := range []string{"CLUSTER_CERT", "CLUSTER_KEY", "CLUSTER_CA"} {
			file, _ := find(tls, at+".environment."+name).(string)
			if !strings.Contains(volumes, ":"+file+":ro") || file == "" {
				t.Errorf("node %s has no %s: %s", node, name, volumes)
			}
		}
		if find(tls, at+".environment.CLUSTER_INSECURE") != "false" {
			t.Errorf("links of node %s may do without TLS", node)
		}
	}
	published, front := find(root, "services.proxy.ports.0"), find(root, "networks.front.ipam.config.0.subnet")
	if published != "8080:8080" || !strings.Contains(proxy, "bind :8080\n") {
		t.Errorf("the proxy is published as %v", published)
	}
	if front != find(root, "services.a.environment.TRUSTED_PROXIES") {
		t.Errorf("the proxy is in %v, and trusted is %v", front, find(root, "services.a.environment.TRUSTED_PROXIES"))
	}
	if find(root, "secrets.cluster_secret.file") == nil || find(root, "services.a.environment.CLUSTER_SECRET_FILE") != "/run/secrets/cluster_secret" || find(root, "networks.links.internal") != true {
		t.Error("the secret or the links are not kept apart")
	}
}

// pods are what the StatefulSet says of each node.
type pods struct {
	set         map[string]any
	environment map[string]string
	ports       map[string]int
}

// container is where the StatefulSet says what runs.
const container = "spec.template.spec.containers.0."

func readPods(t *testing.T) pods {
	t.Helper()
	p := pods{set: the(t, "kubernetes/statefulset.yaml", "kind", "StatefulSet"), environment: map[string]string{}, ports: map[string]int{}}
	for _, one := range find(p.set, container+"env").([]any) {
		p.environment[find(one, "name").(string)] = find(one, "value").(string)
	}
	for _, one := range find(p.set, container+"ports").([]any) {
		p.ports[find(one, "name").(string)] = find(one, "containerPort").(int)
	}
	return p
}

func TestKubernetesPortsFit(t *testing.T) {
	p := readPods(t)
	for name, listens := range map[string]string{"http": ":" + p.environment["PORT"], "links": p.environment["CLUSTER_LISTEN"], "metrics": p.environment["METRICS_LISTEN"]} {
		if listens != ":"+strconv.Itoa(p.ports[name]) {
			t.Errorf("port %s is %d, and the server listens at %s", name, p.ports[name], listens)
		}
	}
	if scraped := find(p.set, "spec.template.metadata.annotations").(map[string]any)["prometheus.io/port"]; scraped != strconv.Itoa(p.ports["metrics"]) {
		t.Errorf("metrics are collected at port %v", scraped)
	}
	for _, one := range find(the(t, "kubernetes/network.yaml", "", nil), "spec.ingress").([]any) {
		if name, _ := find(one, "ports.0.port").(string); p.ports[name] == 0 {
			t.Errorf("the network lets in to %q", name)
		}
	}
	backend := the(t, "kubernetes/services.yaml", "metadata.name", find(the(t, "kubernetes/ingress.yaml", "", nil), "spec.rules.0.http.paths.0.backend.service.name"))
	if find(backend, "spec.ports.0.name") != "http" || find(backend, "spec.ports.0.targetPort") != "http" {
		t.Error("the ingress leads nowhere")
	}
}

func TestKubernetesNodesFindEachOther(t *testing.T) {
	p := readPods(t)
	links := the(t, "kubernetes/services.yaml", "metadata.name", find(p.set, "spec.serviceName"))
	if find(links, "spec.clusterIP") != "None" || find(links, "spec.publishNotReadyAddresses") != true || find(links, "spec.ports.0.port") != p.ports["links"] {
		t.Error("nodes do not find each other before they are ready")
	}
	var peers []string
	for i := range find(p.set, "spec.replicas").(int) {
		peers = append(peers, find(p.set, "metadata.name").(string)+"-"+strconv.Itoa(i)+"."+find(links, "metadata.name").(string)+p.environment["CLUSTER_LISTEN"])
	}
	if p.environment["CLUSTER_PEERS"] != strings.Join(peers, ",") || len(peers) != 3 {
		t.Errorf("peers are %s, want %v", p.environment["CLUSTER_PEERS"], peers)
	}
	if find(p.set, "spec.podManagementPolicy") != "Parallel" || find(the(t, "kubernetes/disruption.yaml", "", nil), "spec.maxUnavailable") != 1 {
		t.Error("nodes wait for each other, or two may be away at once")
	}
	for _, path := range []string{"spec.selector.matchLabels", "spec.template.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution.0.labelSelector.matchLabels"} {
		if labels, _ := json.Marshal(find(p.set, path)); !bytes.Contains(labels, []byte(`"magnapp"`)) {
			t.Errorf("%s is %s", path, labels)
		}
	}
	startup := find(p.set, container+"startupProbe")
	if lasts := find(startup, "periodSeconds").(int) * find(startup, "failureThreshold").(int); lasts <= 300 { // what eventlog waits for others at most
		t.Errorf("a node is killed after %d s of waiting for the others", lasts)
	}
}

func TestKubernetesHasTheSecretAndTheData(t *testing.T) {
	p := readPods(t)
	made := the(t, "kubernetes/kustomization.yaml", "", nil)
	if find(p.set, "spec.template.spec.volumes.0.secret.secretName") != find(made, "secretGenerator.0.name") ||
		p.environment["CLUSTER_SECRET_FILE"] != find(p.set, container+"volumeMounts.1.mountPath").(string)+"/"+find(made, "secretGenerator.0.files.0").(string) {
		t.Error("the secret is not where the server looks")
	}
	if find(p.set, container+"volumeMounts.0.mountPath") != p.environment["DATA_DIR"] || find(p.set, "spec.volumeClaimTemplates.0.metadata.name") != find(p.set, container+"volumeMounts.0.name") {
		t.Error("the data has no volume")
	}
	for _, file := range texts(find(made, "resources")) {
		the(t, "kubernetes/"+file, "", nil)
	}
}
