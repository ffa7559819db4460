package tracker

import (
	"encoding/json"
	"slices"
)

// embedded is the list in an answer as HAL has it, which OpenProject's interface follows: {"_embedded": {"elements": […]}, "total": 61}. One without a value is none. What else has lists beside it, as
// groups, are no stories.
func embedded(o object) member {
	at := slices.IndexFunc(o, func(m member) bool { return m.name == "_embedded" && beginsObject(m.value) })
	if at < 0 {
		return member{}
	}
	list, _, _ := listIn(parts(o[at].value, false))
	list.end += o[at].end - int64(len(o[at].value))
	return list
}

// linkedTo are the links of a story whose titles belong to it.
var linkedTo = []string{"type", "status", "version", "sprint", "parent"}

// resourceType tells a story from other resources of an interface, and is no type of a story.
const resourceType = "resource type"

// withLinks brings the titles of links up beside the rest: {"_links": {"status": {"title": "New"}}}. A parent is known by its number, as elsewhere, which its address ends in.
func withLinks(o object) object {
	at := slices.IndexFunc(o, func(m member) bool { return m.name == "_links" && beginsObject(m.value) })
	if at < 0 {
		return o
	}
	own := slices.Delete(slices.Clone(o), at, at+1)
	if i := slices.IndexFunc(own, func(m member) bool { return m.name == "_type" }); i >= 0 {
		own[i].name = resourceType
	}
	for _, link := range parts(o[at].value, false) {
		var to struct{ Href, Title string }
		if !slices.Contains(linkedTo, link.name) || own.has(link.name) || json.Unmarshal(link.value, &to) != nil || to.Title == "" {
			continue
		}
		if number := tailOf(to.Href); link.name == "parent" && isNumeric(number) {
			to.Title = number
		}
		if title, err := json.Marshal(to.Title); err == nil {
			own = append(own, member{name: link.name, value: title})
		}
	}
	return own
}
