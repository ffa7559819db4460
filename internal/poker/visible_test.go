package poker

import "testing"

func TestNamesThatNobodyCanSee(t *testing.T) {
	for name, ok := range map[string]bool{
		"\u200b": false, "\u2060": false, "\u3164": false, "\ufeff": false, "\u00ad": false, "\u115f\u1160": false, "\uffa0": false, "\u2800": false, "\u200e\u200f": false, "\u034f": false,
		"\u0301": false, "\u20dd\u0301": false, "\u0903": false, "\ufe0f": false, "\U000e0041": false, "\u200b \u200b": false, "\u180e": false,
		"a\u0301": true, "e\u200b": true, "\u200bz\u200b": true, "🦉": true, "👩\u200d💻": true, "漢": true, "\u3131": true, "-": true, "\ufffd": true, "ा क": true, "1": true, "\U0001fae9": true, "\ue000": true,
	} {
		if _, err := cleanName("name", name, 50); (err == nil) != ok {
			t.Errorf("%+q: %v", name, err)
		}
	}
}
