package bench

import (
	"slices"
)

// A metric names one figure, with its unit.
type metric string

// What is measured. Times are in microseconds unless the name says otherwise.
const (
	cpuPerDelivery      metric = "cpu_per_delivery_us"
	cpuPerCommand       metric = "cpu_per_command_us"
	deliveriesPerSecond metric = "deliveries_per_second"
	commandsPerSecond   metric = "commands_per_second"
	deliveryP50         metric = "delivery_p50_us"
	deliveryP99         metric = "delivery_p99_us"
	deliveryP999        metric = "delivery_p999_us"
	deliveryMax         metric = "delivery_max_us"
	answerP50           metric = "answer_p50_us"
	answerP99           metric = "answer_p99_us"
	voteBytes           metric = "vote_bytes" // what a vote puts on each stream, framing included
	serverCores         metric = "server_cores"
	loadCores           metric = "load_cores"
	unsentCommands      metric = "unsent_commands"
	unexpectedEvents    metric = "unexpected_events"
	memoryPerStream     metric = "memory_per_idle_stream_bytes"
	settlingCPU         metric = "settling_cpu_ms" // of the server, from when the last stream was open until it was idle
	idleCPU             metric = "idle_cpu_ms_per_second"
	startTime           metric = "start_to_first_answer_ms"
	restMemory          metric = "memory_at_rest_mb"
)

// metrics are all of them in the order of printing, with what people call them.
var metrics = []struct {
	metric    metric
	label     string
	unit      string
	onlyIfAny bool // zero is not worth a line
}{
	{deliveriesPerSecond, "deliveries", "/s", false},
	{commandsPerSecond, "commands", "/s", false},
	{deliveryP50, "delivery p50", "µs", false},
	{deliveryP99, "delivery p99", "µs", false},
	{deliveryP999, "delivery p99.9", "µs", false},
	{deliveryMax, "delivery max", "µs", false},
	{answerP50, "answer p50", "µs", false},
	{answerP99, "answer p99", "µs", false},
	{cpuPerDelivery, "CPU per delivery", "µs", false},
	{cpuPerCommand, "CPU per command", "µs", false},
	{voteBytes, "a vote on each stream", "bytes", true},
	{serverCores, "server's CPU", "cores", false},
	{loadCores, "load's own CPU", "cores", false},
	{unsentCommands, "commands not sent in time", "", true},
	{unexpectedEvents, "unexplained events", "", true},
	{memoryPerStream, "memory per idle stream", "bytes", false},
	{settlingCPU, "CPU until idle, once", "ms", false},
	{idleCPU, "CPU while idle", "ms/s", false},
	{startTime, "start to first answer", "ms", false},
	{restMemory, "memory at rest", "MB", false},
}

// figures are what one measurement gave. What could not be seen is not in it.
type figures map[metric]float64

// A pair is the figures of one run: the server's and, if it was measured too, the reference's.
type pair struct {
	Server    figures `json:"server"`
	Reference figures `json:"reference,omitempty"`
}

// ratios are the server's figures divided by the reference's.
func (p pair) ratios() figures {
	r := figures{}
	for m, reference := range p.Reference {
		if server, ok := p.Server[m]; ok && reference != 0 {
			r[m] = server / reference
		}
	}
	return r
}

// A summary holds the medians of several runs. Ratios are taken within each run, and their median is not the ratio of the medians.
type summary struct {
	Server    figures `json:"server"`
	Reference figures `json:"reference,omitempty"`
	Ratio     figures `json:"ratio,omitempty"`
}

func summarize(runs []pair) summary {
	var server, reference, ratio []figures
	for _, r := range runs {
		server = append(server, r.Server)
		reference = append(reference, r.Reference)
		ratio = append(ratio, r.ratios())
	}
	return summary{Server: medians(server), Reference: medians(reference), Ratio: medians(ratio)}
}

// medians are the medians of every figure, over the runs that have it.
func medians(runs []figures) figures {
	values := map[metric][]float64{}
	for _, run := range runs {
		for m, v := range run {
			values[m] = append(values[m], v)
		}
	}
	result := figures{}
	for m, v := range values {
		result[m] = median(v)
	}
	return result
}

// median is the middle value, or the mean of the two in the middle. There must be one.
func median(values []float64) float64 {
	v := slices.Sorted(slices.Values(values))
	middle := len(v) / 2
	if len(v)%2 == 1 {
		return v[middle]
	}
	return (v[middle-1] + v[middle]) / 2
}

// figures turns what was played into figures.
func (p *played) figures() figures {
	seconds := (p.end.at - p.begin.at).Seconds()
	deliveries := float64(p.end.deliveries - p.begin.deliveries)
	commands := float64(p.end.commands - p.begin.commands)
	f := figures{deliveriesPerSecond: deliveries / seconds, commandsPerSecond: commands / seconds}
	if h := p.latency.deliveries; h.TotalCount() > 0 {
		f[deliveryP50] = float64(h.ValueAtPercentile(50))
		f[deliveryP99] = float64(h.ValueAtPercentile(99))
		f[deliveryP999] = float64(h.ValueAtPercentile(99.9))
		f[deliveryMax] = float64(h.Max())
	}
	if h := p.latency.answers; h.TotalCount() > 0 {
		f[answerP50] = float64(h.ValueAtPercentile(50))
		f[answerP99] = float64(h.ValueAtPercentile(99))
	}
	f[unsentCommands], f[unexpectedEvents] = float64(p.unsent), float64(p.unexpected)
	f[voteBytes] = float64(p.sizes[vote])
	f[loadCores] = (p.end.cpu.load - p.begin.cpu.load).Seconds() / seconds
	if p.begin.cpu.server >= 0 {
		used := p.end.cpu.server - p.begin.cpu.server
		f[serverCores] = used.Seconds() / seconds
		if deliveries > 0 && commands > 0 {
			f[cpuPerDelivery] = float64(used.Microseconds()) / deliveries
			f[cpuPerCommand] = float64(used.Microseconds()) / commands
		}
	}
	return f
}
