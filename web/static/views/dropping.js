// @ts-check
import { brought, isTable } from '../bringing.js'
import { get, set } from '../store.js'
import { may } from '../words.js'

/** Whether stories can be brought here and now: at the table, and in the dialogs about the list. */
function welcome() {
  const { room, dialog } = get()
  return room?.phase === 'seated' && may(room, 'stories') && (!dialog || /stories$/.test(dialog.kind))
}

/** @param {DragEvent} e */
const hasFiles = (e) => !!e.dataTransfer?.types.includes('Files')

/** What shows that the files can be dropped; it lies over dialogs, too. @type {HTMLElement|null} */
let shown = null
let over = false

function show() {
  if (over) return
  over = true
  import('./importing.js').then(async (m) => {
    await m.prepare()
    if (!over || shown) return
    shown = m.target()
    document.body.append(shown)
    shown.showPopover()
  }, () => {})
}

function hide() {
  over = false
  shown?.remove()
  shown = null
}

/** A file that is dragged over the page never takes the page's place, as it would in a browser. @param {DragEvent} e */
function onOver(e) {
  if (!e.dataTransfer || !hasFiles(e)) return
  e.preventDefault()
  const yes = welcome()
  e.dataTransfer.dropEffect = yes ? 'copy' : 'none'
  if (yes) show()
  else hide()
}

/** @param {DragEvent} e */
function onDrop(e) {
  if (!hasFiles(e)) return
  e.preventDefault()
  hide()
  const files = [...e.dataTransfer?.files ?? []]
  if (files.length && welcome()) set({ dialog: { kind: 'import-stories', source: files } })
}

/** Rows of a spreadsheet and files can be pasted wherever nobody types; in the dialog of the import its field takes them as well. @param {ClipboardEvent} e */
function onPaste(e) {
  const field = e.target instanceof HTMLElement && e.target.closest('input, textarea')
  if (!welcome() || field && field.id !== 'import-text') return
  const source = brought(e.clipboardData)
  if (!source || get().dialog?.kind !== 'import-stories' && typeof source === 'string' && !isTable(source)) return
  e.preventDefault()
  set({ dialog: { kind: 'import-stories', source } })
}

/** Begins to listen. */
export function acceptFiles() {
  addEventListener('dragenter', onOver)
  addEventListener('dragover', onOver)
  addEventListener('dragleave', (e) => { if (!e.relatedTarget) hide() })
  addEventListener('pointermove', hide, { passive: true }) // after a drag that was given up
  addEventListener('drop', onDrop)
  addEventListener('paste', onPaste)
}
