package web

import (
	"bytes"
	"fmt"
)

// Page is what the server knows of a page that is asked for, and the page cannot.
type Page struct {
	Origin      string // what links to the server start with, such as https://poker.example.com
	PublicURL   string // the same where the operator has set it; otherwise empty
	SessionID   string // the session whose page it is; empty on the start page, and of a session that is not there
	SessionName string // what chats are told of it; empty for nothing
	Seats       int    // how many people a session takes, so that a full one says so before anybody fills in a form; 0 is no limit
	Missing     bool   // there is no such session: the page says so, and the status is 404
}

// invitation is where the picture for chats is. It has the size that they expect.
const invitation = "/invitation.png"

// Title is what chats show of a link to the page.
func (p Page) Title() string {
	if p.SessionName != "" {
		return p.SessionName
	}
	return "MagnaPP: planning poker around one table"
}

// Link is the page's own address.
func (p Page) Link() string {
	if p.SessionID == "" {
		return p.Origin + "/"
	}
	return p.Origin + "/session/" + p.SessionID
}

// Picture is the address of the picture for chats.
func (p Page) Picture() string { return p.Origin + invitation }

// maxShells is how many pages are kept, written and compressed. There is one for each session and each name by which the server is asked, and anybody may make one up.
const maxShells = 64

// shellFor returns the page's document.
func (s *Site) shellFor(a *assets, page Page) (*file, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f, ok := s.shells[page]; ok {
		return f, nil
	}
	var text bytes.Buffer
	err := a.shell.Execute(&text, struct {
		shellAssets
		Page
	}{a.about, page})
	if err != nil {
		return nil, fmt.Errorf("write the page: %w", err)
	}
	if len(s.shells) >= maxShells {
		clear(s.shells)
	}
	f := newFile("index.html", text.Bytes(), revalidated)
	f.missing = page.Missing
	s.shells[page] = f
	return f, nil
}
