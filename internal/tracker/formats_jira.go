package tracker

// Jira's names in the languages that were met. What a team calls its own fields is not translated, only what stands before it.
var (
	jiraKey    = []string{"issue key", "vorgangsschlüssel", "clé de ticket", "clé de demande", "clave de incidencia", "chave da item", "chave do item", "chave da ocorrência", "chave", "klucz zgłoszenia", "chiave segnalazione", "код запроса", "ключ проблемы", "work item key", "key"}
	jiraID     = []string{"issue id", "vorgangs-id", "id de ticket", "identifiant de ticket", "id de la incidencia", "id da item", "id do item", "id da ocorrência", "id zgłoszenia", "id segnalazione", "work item id"}
	jiraTitle  = []string{"summary", "zusammenfassung", "résumé", "resumen", "resumo", "podsumowanie", "riepilogo", "тема", "概要", "요약"}
	jiraText   = []string{"description", "beschreibung", "descripción", "descrição", "opis", "descrizione", "описание", "説明", "설명"}
	jiraType   = []string{"issue type", "work type", "vorgangstyp", "type de ticket", "type de demande", "tipo de incidencia", "tipo de item", "tipo de ocorrência", "typ zgłoszenia", "tipo segnalazione", "тип запроса"}
	jiraStatus = []string{"status", "estado", "état", "stan", "stato", "статус", "ステータス", "상태"}
	jiraPoints = []string{"*(story points)", "*(story point estimate)", "story points", "story point estimate"}
	jiraParent = []string{"parent key", "clave principal", "übergeordneter schlüssel", "clé parent", "*(epic link)", "parent", "principal", "übergeordnet", "parent id"}
	jiraDone   = map[string]string{"status category": "done", "statuscategory": "done", "categoría de estado": "listo"}
)

var jiraFormats = []format{
	{
		id: "jira-csv", tracker: "Jira", source: "Cloud 2021–2026 in English, Spanish, Polish and German; Server and Data Center as of 2020",
		menu: "Filters or Issues > Export (…) > Export CSV (all fields, or the current ones)",
		signature: [][]string{
			{"issue key", "issue id"}, {"vorgangsschlüssel"}, {"clave de incidencia"}, {"klucz zgłoszenia"}, {"clé de ticket"},
			{"issue key", "issue type"}, {"issue type", "summary"}, {"work item key"},
			{"*(rank)"}, {"*(story point estimate)"}, {"*(epic link)"},
		},
		columns: map[Meaning][]string{
			Key: jiraKey, identity: jiraID, Title: jiraTitle, Description: jiraText, Type: jiraType, Status: jiraStatus, Points: jiraPoints,
			Parent: jiraParent, Sprint: {"sprint", "*(sprint)"},
		},
		addPoints: "Story Points", markup: wiki, done: jiraDone,
	},
	{
		id: "jira-xml", tracker: "Jira", source: "Cloud 2026, Data Center 10.3, Server 5.1 (2014)", container: containerJira,
		menu: "Filters or Issues > Export (…) > Export XML",
		columns: map[Meaning][]string{
			Key: {"key"}, identity: {"key id"}, Title: {"summary", "title"}, Description: {"description"}, Type: {"type"}, Status: {"status"},
			Points: {"story points", "story point estimate"}, URL: {"link"}, Parent: {"parent", "epic link"}, Sprint: {"sprint"},
		},
		markup: html, done: jiraDone,
	},
}
