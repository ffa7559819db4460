// @ts-check
import { html } from '../vendor/lit-html.js'

/** How to export a list of stories from each tracker. @param {string} [_tracker] the one that is meant */
export const howToExport = (_tracker) => html`<dl class="trackers" lang="en">
  <div><dt>Jira</dt><dd>Filters or Issues › Export (…) › Export CSV</dd></div>
  <div><dt>Azure DevOps</dt><dd>Boards › Queries › run a query › Export to CSV (…)</dd></div>
  <div><dt>GitHub Projects</dt><dd>Project › a table view › View › Export view data</dd></div>
  <div><dt>GitLab</dt><dd>Plan › Issues › Actions (⋮) › Export as CSV</dd></div>
  <div><dt>Excel</dt><dd>File › Save as › CSV UTF-8, or XLSX</dd></div>
</dl>`
