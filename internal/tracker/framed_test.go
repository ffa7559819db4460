package tracker_test

import (
	"strings"
	"testing"

	"github.com/magnapp/magnapp/internal/tracker"
)

// TestTablesInFramesAreRead holds for what databases and libraries print for people.
func TestTablesInFramesAreRead(t *testing.T) {
	want := []string{"BOAT-7 Show free boats 5", "BOAT-8 Print a voucher "}
	for name, text := range map[string]string{
		"mysql":                  "+--------+-----------------+--------+\n| key    | title           | points |\n+--------+-----------------+--------+\n| BOAT-7 | Show free boats |      5 |\n| BOAT-8 | Print a voucher |   NULL |\n+--------+-----------------+--------+\n2 rows in set (0.00 sec)\n",
		"mysql, typed above":     "mysql> select `key`, title, points from stories;\n+--------+-----------------+--------+\n| key    | title           | points |\n+--------+-----------------+--------+\n| BOAT-7 | Show free boats |      5 |\n| BOAT-8 | Print a voucher |   NULL |\n+--------+-----------------+--------+\n2 rows in set (0.00 sec)\n",
		"psql":                   "  key   |      title      | points \n--------+-----------------+--------\n BOAT-7 | Show free boats |      5\n BOAT-8 | Print a voucher |       \n(2 rows)\n\n",
		"psql, a cell of lines":  "  key   |   title    | points \n--------+------------+--------\n BOAT-7 | Show      +|      5\n        | free boats | \n BOAT-8 | Print a   +|       \n        | voucher    | \n(2 rows)\n\n",
		"psql, with edges":       "+--------+-----------------+--------+\r\n|  key   |      title      | points |\r\n+--------+-----------------+--------+\r\n| BOAT-7 | Show free boats |      5 |\r\n| BOAT-8 | Print a voucher |        |\r\n+--------+-----------------+--------+\r\n(2 rows)\r\n",
		"tabulate, grid":         "+--------+------------+----------+\n| Key    | Title      |   Story  |\n|        |            |   Points |\n+========+============+==========+\n| BOAT-7 | Show free  |        5 |\n|        | boats      |          |\n+--------+------------+----------+\n| BOAT-8 | Print      |          |\n|        | a          |          |\n|        | voucher    |          |\n+--------+------------+----------+\n",
		"tabulate, fancy grid":   "╒════════╤═════════════════╤══════════╕\n│ Key    │ Title           │   Points │\n╞════════╪═════════════════╪══════════╡\n│ BOAT-7 │ Show free boats │        5 │\n├────────┼─────────────────┼──────────┤\n│ BOAT-8 │ Print a voucher │          │\n╘════════╧═════════════════╧══════════╛\n",
		"tabulate, orgtbl":       "| Key    | Title           |   Points |\n|--------+-----------------+----------|\n| BOAT-7 | Show free boats |        5 |\n| BOAT-8 | Print a voucher |          |\n",
		"rich":                   "              Backlog               \n┏━━━━━━━━┳━━━━━━━━━━━━━━━━┳━━━━━━━━┓\n┃ Key    ┃ Title          ┃ Points ┃\n┡━━━━━━━━╇━━━━━━━━━━━━━━━━╇━━━━━━━━┩\n│ BOAT-7 │ Show free      │ 5      │\n│        │ boats          │        │\n│ BOAT-8 │ Print a        │        │\n│        │ voucher        │        │\n└────────┴────────────────┴────────┘\n",
		"DuckDB":                 "┌─────────┬─────────────────┬────────┐\n│   key   │      title      │ points │\n│ varchar │     varchar     │ int32  │\n├─────────┼─────────────────┼────────┤\n│ BOAT-7  │ Show free boats │      5 │\n│ BOAT-8  │ Print a voucher │   NULL │\n├─────────┴─────────────────┴────────┤\n│ 2 rows                   3 columns │\n└────────────────────────────────────┘\n",
		"polars":                 "shape: (2, 3)\n┌────────┬─────────────────┬────────┐\n│ key    ┆ title           ┆ points │\n│ ---    ┆ ---             ┆ ---    │\n│ str    ┆ str             ┆ i64    │\n╞════════╪═════════════════╪════════╡\n│ BOAT-7 ┆ Show free boats ┆ 5      │\n│ BOAT-8 ┆ Print a voucher ┆ null   │\n└────────┴─────────────────┴────────┘\n",
		"nushell":                "╭───┬────────┬─────────────────┬────────╮\n│ # │  key   │      title      │ points │\n├───┼────────┼─────────────────┼────────┤\n│ 0 │ BOAT-7 │ Show free boats │      5 │\n│ 1 │ BOAT-8 │ Print a voucher │        │\n╰───┴────────┴─────────────────┴────────╯\n",
		"Node":                   "┌─────────┬──────────┬───────────────────┬───────────┐\n│ (index) │ key      │ title             │ points    │\n├─────────┼──────────┼───────────────────┼───────────┤\n│ 0       │ 'BOAT-7' │ 'Show free boats' │ 5         │\n│ 1       │ 'BOAT-8' │ \"Print a voucher\" │ undefined │\n└─────────┴──────────┴───────────────────┴───────────┘\n",
		"in colours":             "\x1b[1m+--------+-----------------+--------+\x1b[0m\n| key    | title           | points |\n+--------+-----------------+--------+\n| \x1b[31;1mBOAT-7\x1b[0m | Show free boats |      5 |\n| BOAT-8 | Print a voucher |        |\n+--------+-----------------+--------+\n",
		"two, one below another": "+--------+-----------------+--------+\n| key    | title           | points |\n+--------+-----------------+--------+\n| BOAT-7 | Show free boats |      5 |\n+--------+-----------------+--------+\n\n+--------+-----------------+--------+\n| key    | title           | points |\n+--------+-----------------+--------+\n| BOAT-8 | Print a voucher |        |\n+--------+-----------------+--------+\n",
	} {
		f := readsAs(t, name, text, want...)
		if len(f.Warnings) > 0 {
			t.Errorf("%s: %q", name, f.Warnings)
		}
		checkFile(t, f)
	}
	readsAs(t, "a bar in a title", "+--------+--------------+\n| key    | title        |\n+--------+--------------+\n| BOAT-7 | free | taken |\n| BOAT-8 | 船 | 舟      |\n+--------+--------------+\n", "BOAT-7 free | taken ", "BOAT-8 船 | 舟 ")
	readsAs(t, "one column", "+-----------------+\n| Title           |\n+-----------------+\n| Show free boats |\n| Print           |\n+-----------------+\n", " Show free boats ", " Print ")
	readsAs(t, "no header", "+--------+-----------------+---+\n| BOAT-7 | Show free boats | 5 |\n| BOAT-8 | Print a voucher | 3 |\n+--------+-----------------+---+\n", "BOAT-7 Show free boats 5", "BOAT-8 Print a voucher 3")
}

// TestAStoryWithoutAKeyIsNoLineOfAnother holds in a box, where a line belongs to the row above only if its first word had no room there.
func TestAStoryWithoutAKeyIsNoLineOfAnother(t *testing.T) {
	readsAs(t, "wrapped before a capital letter", "┏━━━━━━━━┳━━━━━━━━━━━━━━┓\n┃ Key    ┃ Title        ┃\n┡━━━━━━━━╇━━━━━━━━━━━━━━┩\n│ BOAT-7 │ Import from  │\n│        │ GitHub       │\n└────────┴──────────────┘\n", "BOAT-7 Import from GitHub ")
	readsAs(t, "behind the longest", "┏━━━━━━━━┳━━━━━━━━━━━━━━━━━┓\n┃ Key    ┃ Title           ┃\n┡━━━━━━━━╇━━━━━━━━━━━━━━━━━┩\n│ BOAT-7 │ Show free boats │\n│        │ Print a voucher │\n└────────┴─────────────────┘\n", "BOAT-7 Show free boats ", " Print a voucher ")
	readsAs(t, "", "┏━━━━━━━━┳━━━━━━━━━━━━━━━━━┳━━━━━━━━┓\n┃ Key    ┃ Title           ┃ Points ┃\n┡━━━━━━━━╇━━━━━━━━━━━━━━━━━╇━━━━━━━━┩\n│ BOAT-7 │ Show boats      │ 5      │\n│        │ Print a voucher │        │\n│        │ Show weather    │ 3      │\n└────────┴─────────────────┴────────┘\n",
		"BOAT-7 Show boats 5", " Print a voucher ", " Show weather 3")
}

// TestEveryStoryOfAFrameIsKept holds for rows without a key, for what ends in a plus, and for sums below a line of their own.
func TestEveryStoryOfAFrameIsKept(t *testing.T) {
	readsAs(t, "psql, a plus at the end", " key |   title   \n-----+-----------\n A-1 | Learn C++\n A-2 | Go and   +\n     | C++\n A-3 | C++\n A-4 | Rust\n(4 rows)\n", "A-1 Learn C++ ", "A-2 Go and C++ ", "A-3 C++ ", "A-4 Rust ")
	readsAs(t, "psql, in lines of boxes", " key │   title   \n─────┼───────────\n A-2 │ and C++  ↵\n     │ Go\n A-4 │ Rust\n(2 rows)\n", "A-2 and C++ Go ", "A-4 Rust ")
	readsAs(t, "psql, a size with a plus", " key | title | points \n-----+-------+--------\n A-1 | Ab c  | 8+\n A-2 | De f  | 5\n(2 rows)\n", "A-1 Ab c 8+", "A-2 De f 5")
	readsAs(t, "a sum below a line", "+--------+-----------------+--------+\n| Key    | Title           | Points |\n+--------+-----------------+--------+\n| BOAT-7 | Show free boats | 5      |\n|        | Print a voucher | 3      |\n| BOAT-9 | Pier            | 1      |\n+--------+-----------------+--------+\n|        | Total           | 9      |\n+--------+-----------------+--------+\n",
		"BOAT-7 Show free boats 5", " Print a voucher 3", "BOAT-9 Pier 1")
	two := "+--------+-----------------+--------+\n| Key    | Title           | Points |\n+--------+-----------------+--------+\n| BOAT-7 | Show free boats | 5      |\n|        | Print a voucher | 3      |\n+--------+-----------------+--------+\n"
	readsAs(t, "two tables", two+"Sprint 2\n"+strings.NewReplacer("BOAT-7", "BOAT-9", "Show free boats", "Pier           ", "Print a voucher", "Pay            ").Replace(two),
		"BOAT-7 Show free boats 5", " Print a voucher 3", "BOAT-9 Pier 5", " Pay 3")
	readsAs(t, "no header, and a sum", "+--------+-----------------+---+\n| BOAT-7 | Show free boats | 5 |\n| BOAT-8 | Print a voucher | 3 |\n+--------+-----------------+---+\n|        | Total           | 8 |\n+--------+-----------------+---+\n",
		"BOAT-7 Show free boats 5", "BOAT-8 Print a voucher 3")
	readsAs(t, "rich, with a sum", "┏━━━━━━━━┳━━━━━━━━━━━┳━━━━━━━━┓\n┃ Key    ┃ Title     ┃ Points ┃\n┡━━━━━━━━╇━━━━━━━━━━━╇━━━━━━━━┩\n│ BOAT-7 │ Show free │ 5      │\n│        │ boats     │        │\n│ BOAT-8 │ Print a   │ 3      │\n│        │ voucher   │        │\n├────────┼───────────┼────────┤\n│        │ Total     │ 8      │\n└────────┴───────────┴────────┘\n",
		"BOAT-7 Show free boats 5", "BOAT-8 Print a voucher 3")
}

// TestAListBelowAFrameIsKept holds for headings that somebody has framed, and for what else is no line of a table.
func TestAListBelowAFrameIsKept(t *testing.T) {
	for name, text := range map[string]string{
		"headings of two cells": "+----------+------------+\n| Sprint 4 | 12 points  |\n+----------+------------+\n- Show free boats\n- Print a voucher\n+----------+------------+\n| Sprint 5 | 12 points  |\n+----------+------------+\n- Fix the pier\n",
		"headings of one cell":  "+----------+\n| Title    |\n+----------+\n- Show free boats\n- Print a voucher\n+----------+\n| Bugs     |\n+----------+\n- Fix the pier\n",
		"lines without marks":   "+----------+------------+\n| Sprint 4 | 12 points  |\n+----------+------------+\nShow free boats\nPrint a voucher\n+----------+------------+\n| Sprint 5 | 12 points  |\n+----------+------------+\nFix the pier\n",
		"a table below":         "# Sprint 4\n\n- Show free boats\n- Print a voucher\n- Fix the pier\n\n+----+-------+\n| id | title |\n+----+-------+\n| 1  | Ab c  |\n+----+-------+\n",
		"bars in titles":        "Show free boats | taken boats\n---+---\nPrint a voucher | b\nFix the pier\n",
	} {
		got := strings.Join(short(read(t, "", []byte(text))), "\n")
		for _, title := range []string{"Show free boats", "Print a voucher", "Fix the pier"} {
			if !strings.Contains(got, title) {
				t.Errorf("%s: %q", name, got)
			}
		}
	}
	f := read(t, "", []byte("+--------+-----------------+\n| Key    | Title           |\n+--------+-----------------+\n| BOAT-7 | Show free boats |\n+--------+-----------------+\n\nAlso:\n- [ ] Print a voucher\n- [x] Fix the pier\n"))
	if len(f.Stories) != 1 || len(f.Skipped) < 2 {
		t.Errorf("a list below a table: %q, and nobody says what was left out: %+v", short(f), f.Skipped)
	}
	readsAs(t, "one column, typed above", "mysql> select title from stories;\n+-----------------+\n| title           |\n+-----------------+\n| Show free boats |\n| Print           |\n+-----------------+\n2 rows in set (0.00 sec)\n", " Show free boats ", " Print ")
}

// TestAListInColoursIsRead holds for lines that a terminal has shown.
func TestAListInColoursIsRead(t *testing.T) {
	readsAs(t, "", "\x1b[32m- BOAT-7: Show free boats\x1b[0m\n\x1b[1m- Print\x1b[0m a voucher\n", "BOAT-7 Show free boats ", " Print a voucher ")
}

// TestTablesWithDashesBelowTheirHeaderAreRead holds for columns that only spaces part.
func TestTablesWithDashesBelowTheirHeaderAreRead(t *testing.T) {
	f := readsAs(t, "az", "ID    Work Item Type    Title            State    Story Points\n----  ----------------  ---------------  -------  --------------\n7     User Story        Show free boats  Active   5\n8     Bug               船を 見せる        New\n", "7 Show free boats 5", "8 船を 見せる ")
	if f.Format != "azure-devops" || f.Stories[0].Type != "User Story" || f.Stories[1].Status != "New" {
		t.Errorf("%s, %+v", f.Format, f.Stories)
	}
	readsAs(t, "reStructuredText", "======  ===============  ========\nKey     Title              Points\n======  ===============  ========\nBOAT-7  Show free boats         5\nBOAT-8  Print a voucher\n======  ===============  ========\n", "BOAT-7 Show free boats 5", "BOAT-8 Print a voucher ")
	f = read(t, "", []byte("Key    Title\n-----  ----------\nA-1    Show free boats of today\nA-4444-5555 Weather\n"))
	if last := f.Stories[len(f.Stories)-1]; last.Key != "" || last.Title != "A-4444-5555 Weather" {
		t.Errorf("a cell was cut: %q", short(f))
	}
}

// TestWhatOnlyLooksLikeAFrameIsNone holds for lists and tables with lines of signs in them.
func TestWhatOnlyLooksLikeAFrameIsNone(t *testing.T) {
	readsAs(t, "a list with rulers", "Show free boats\n-------\nPrint a voucher\n=======\n", " Show free boats ", " Print a voucher ")
	readsAs(t, "a frame in a cell", "Key,Title,Description\nBOAT-7,Show free boats,\"As in\n+----+-------+\n| id | title |\n+----+-------+\n| 1  | x     |\n+----+-------+\n\"\n", "BOAT-7 Show free boats ")
	readsAs(t, "a table between bars", "Key|Title\nBOAT-7|Show free boats\nBOAT-8|Print a voucher\n", "BOAT-7 Show free boats ", "BOAT-8 Print a voucher ")
	if f := read(t, "", []byte("Key|Title\nBOAT-7|Show free boats\n")); f.Returnable() != nil {
		t.Error(f.Returnable())
	}
}

// TestLettersOfAnOldEncodingAreReadInEveryContainer holds for what is taken apart as a whole and not cell by cell.
func TestLettersOfAnOldEncodingAreReadInEveryContainer(t *testing.T) {
	for name, text := range map[string]string{
		"Markdown": "| Key | Titel |\n| --- | --- |\n| A-1 | F\xe4hre zeigen |\n",
		"a frame":  "+-----+--------------+\n| Key | Titel        |\n+-----+--------------+\n| A-1 | F\xe4hre zeigen |\n+-----+--------------+\n",
		"dashes":   "Key    Titel\n-----  -------------\nA-1    F\xe4hre zeigen\n",
		"JSON":     "[{\"key\": \"A-1\", \"title\": \"F\xe4hre zeigen\"}]",
		"XML":      "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><rss version=\"0.92\"><channel><item><key>A-1</key><summary>F\xe4hre zeigen</summary></item></channel></rss>",
		"lines":    "- A-1: F\xe4hre zeigen\n",
	} {
		f, err := tracker.Read([]byte(text), tracker.Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := strings.Join(short(f), "|"); got != "A-1 Fähre zeigen " || f.Encoding != "windows-1252" {
			t.Errorf("%s: %q (%s)", name, got, f.Encoding)
		}
	}
}
