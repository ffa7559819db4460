package poker

import "testing"

// at lets a node decide.
func (g *game) at(node string, c Command) string {
	g.t.Helper()
	defer func(before string) { g.node = before }(g.node)
	g.node = node
	return g.do(c)
}

func nodesWith(g *game, user string) []string {
	p, _ := g.s.Participant(user)
	return p.Nodes
}

func TestPresence_of_who_has_streams_on_several_nodes(t *testing.T) {
	g := newGame(t)
	equal(t, "the first stream", g.at("a", Arrive{by("ann")}), "participant_present")
	equal(t, "the second one there", g.at("a", Arrive{by("ann")}), "")
	equal(t, "the first one elsewhere", g.at("b", Arrive{by("ann")}), "participant_present")
	equal(t, "nodes", nodesWith(g, "ann"), []string{"a", "b"})
	equal(t, "where they are not", g.at("b", Depart{By: by("ann"), Node: "c"}), "")
	equal(t, "the last one there closes", g.at("a", Depart{By: by("ann"), Node: "a"}), "streams_closed")
	equal(t, "nodes", nodesWith(g, "ann"), []string{"b"})
	equal(t, "once more", g.at("a", Depart{By: by("ann"), Node: "a"}), "")
	equal(t, "said by another node", g.at("a", Depart{By: by("ann"), Node: "b"}), "participant_disconnected")
	equal(t, "nodes", nodesWith(g, "ann"), nil)
	equal(t, "back", g.at("c", Arrive{by("ann")}), "participant_returned")
	equal(t, "nodes", nodesWith(g, "ann"), []string{"c"})
}

func TestReconnect_on_another_node_than_that_of_the_streams(t *testing.T) {
	g := newGame(t)
	g.at("a", Arrive{by("ann")})
	g.at("b", Reconnect{by("ann")})
	equal(t, "still by the stream", nodesWith(g, "ann"), []string{"a"})
	g.at("a", Reconnect{by("ann")}) // whose streams have closed, as the node knows
	equal(t, "by the call", nodesWith(g, "ann"), nil)
	equal(t, "which lasts", g.at("a", Depart{By: by("ann"), Node: "a"}), "")
	p, _ := g.s.Participant("ann")
	equal(t, "online", p.Online(), true)
	g.at("a", Arrive{by("ann")})
	g.at("a", Depart{By: by("ann"), Node: "a"})
	g.streaming = true
	equal(t, "by a stream here", g.at("b", Reconnect{by("ann")}), "participant_returned")
	equal(t, "nodes", nodesWith(g, "ann"), []string{"b"})
}

// A lone server's people are nobody's when it has become one of several, and when it is alone again all are its own.
func TestPresence_of_a_log_that_was_a_lone_server_s(t *testing.T) {
	g := newGame(t)
	g.do(Arrive{by("ann")})
	g.do(Arrive{by("bob")})
	g.at("a", Arrive{by("bob")})
	equal(t, "seen nowhere", g.at("a", Depart{By: by("ann")}), "participant_disconnected")
	equal(t, "seen on a node", g.at("a", Depart{By: by("bob")}), "")
	equal(t, "alone again", g.do(Depart{By: by("bob")}), "participant_disconnected")
	equal(t, "nodes", nodesWith(g, "bob"), nil)
}

func TestTakeOver_by_who_has_a_stream_on_another_node(t *testing.T) {
	g := newGame(t)
	g.at("a", Arrive{by("sm")})
	g.at("a", Arrive{by("ann")})
	g.at("a", Depart{By: by("sm"), Node: "a"})
	g.pass(TakeOverAfter)
	equal(t, "on the node without the stream", g.at("b", TakeOver{by("ann")}), "scrum_master_changed pause_ended")
}

func TestPresence_without_a_node_is_stored_as_ever(t *testing.T) {
	g := newGame(t)
	g.do(Arrive{by("ann")})
	stored, err := g.last().MarshalJSON()
	equal(t, "error", err, nil)
	equal(t, "event", string(stored[len(stored)-len(`"data":{"user_id":"ann"}}`):]), `"data":{"user_id":"ann"}}`)
}
