// @ts-check
import { html } from '../vendor/lit-html.js'
import { repeat } from '../vendor/directives/repeat.js'
import { say, texts } from '../texts/trackers.js'
import { marked } from './marked.js'

// This module comes when somebody asks how to export from a tracker: import it by import() only.

/** @typedef {keyof typeof texts.en} Key */

/**
 * A step is a text, a path of menus to choose, or a command.
 * @typedef {Key|string[]|{command: string}} Step
 * @typedef {{formats: string[], name: string, steps: Step[]}} Tracker formats: what the server calls its files
 */

/** Those that most teams have come first. @type {Tracker[]} */
const trackers = [
  { formats: ['jira-csv', 'jira-xml'], name: 'Jira', steps: ['jira.open', 'jira.all', 'jira.else'] },
  { formats: ['azure-devops', 'azure-devops-json'], name: 'Azure DevOps', steps: ['azure.open', 'azure.export', 'azure.az', { command: "az boards query --path 'Shared Queries/NAME' --output json > items.json" }] },
  { formats: ['github-projects', 'github-projects-json'], name: 'GitHub Projects', steps: ['project.open', 'project.export', 'project.gh', { command: 'gh project item-list 1 --owner NAME --format json --limit 500 > items.json' }] },
  { formats: ['github-issues'], name: 'GitHub', steps: ['gh.run', { command: 'gh issue list --json number,title,body,state,url,labels,milestone --limit 500 > issues.json' }] },
  { formats: ['gitlab', 'gitlab-json'], name: 'GitLab', steps: ['gitlab.open', ['Actions (⋮)', 'Export as CSV', 'Export issues'], 'gitlab.mail', 'gitlab.glab', { command: 'glab issue list --output json --per-page 100 > issues.json' }] },
  { formats: ['linear'], name: 'Linear', steps: [['Settings', 'Workspace', 'Import / export', 'Export CSV'], 'linear.view'] },
  { formats: ['trello-json', 'trello-csv'], name: 'Trello', steps: ['trello.open', ['Print, export, and share', 'Export as JSON'], 'trello.csv'] },
  { formats: ['youtrack'], name: 'YouTrack', steps: ['youtrack.open', 'youtrack.export'] },
  { formats: ['asana'], name: 'Asana', steps: ['asana.open', ['Export/Print', 'CSV']] },
  { formats: ['clickup'], name: 'ClickUp', steps: ['clickup.open', ['Export view', 'CSV'], 'clickup.note'] },
  { formats: ['shortcut'], name: 'Shortcut', steps: [['Settings', 'Export', 'Export all data as CSV'], 'shortcut.list'] },
  { formats: ['notion'], name: 'Notion', steps: ['notion.open', ['Export', 'Markdown & CSV'], 'notion.zip'] },
  { formats: ['monday'], name: 'monday.com', steps: ['monday.open', ['More actions', 'Export board to Excel']] },
  { formats: ['redmine'], name: 'Redmine', steps: ['redmine.open', 'redmine.export', 'redmine.tick'] },
  { formats: ['openproject', 'openproject-json'], name: 'OpenProject', steps: ['openproject.open', ['Export', 'CSV'], 'openproject.tick'] },
  { formats: ['taiga'], name: 'Taiga', steps: ['taiga.open', ['Admin', 'Project', 'Reports', 'User stories', 'Download CSV']] },
  { formats: ['bugzilla'], name: 'Bugzilla', steps: ['bugzilla.open', 'bugzilla.export'] },
  { formats: ['phabricator'], name: 'Phabricator', steps: ['phabricator.open', ['Use Results', 'Export Data'], 'phabricator.csv'] },
  { formats: ['targetprocess'], name: 'Targetprocess', steps: ['targetprocess.open', ['Actions', 'Export', 'CSV']] },
  { formats: ['rally'], name: 'Rally', steps: ['rally.open', ['Export to CSV']] },
  { formats: ['pivotal'], name: 'Pivotal Tracker', steps: ['pivotal.closed'] },
  { formats: ['table'], name: '', steps: ['sheet.save', 'sheet.copy'] },
]

/** @param {Tracker} tracker */
const nameOf = ({ name }) => name || say('sheet')

/** How to export a list, for each tracker, menu by menu. @param {string} [tracker] its name or the format of its file, as the server says it: it stands first, unfolded */
export function howToExport(tracker = '') {
  const asked = trackers.find((t) => t.formats.includes(tracker) || nameOf(t).toLowerCase() === tracker.toLowerCase())
  const all = asked ? [asked, ...trackers.filter((t) => t !== asked)] : trackers
  return html`<div class="trackers"><p class="hint">${say('menus')}</p>
    ${repeat(all, (t) => t.formats[0], (t) => html`<details name="tracker" ?open=${t === asked}><summary>${nameOf(t)}</summary><ol>${t.steps.map((s) => html`<li>${step(s)}</li>`)}</ol></details>`)}</div>`
}

/** @param {Step} s */
function step(s) {
  if (typeof s === 'string') return marked(say(s))
  if (Array.isArray(s)) return marked(say('choose', { path: s.map((menu) => `[${menu}]`).join(' › ') }))
  return html`<code class="breaks">${s.command}</code>`
}
