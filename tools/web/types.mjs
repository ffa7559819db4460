// Writes web/static/openapi.d.ts from the OpenAPI document of a running server: npm run types -- http://127.0.0.1:8000/openapi.json
// A path of a file does as well. With --check nothing is written, and a difference fails.
import { readFile, writeFile } from 'node:fs/promises'

const target = new URL('../../web/static/openapi.d.ts', import.meta.url)
const [from = 'http://127.0.0.1:8000/openapi.json'] = process.argv.slice(2).filter((a) => a !== '--check')

const document = JSON.parse(/^https?:/.test(from) ? await fetched(from) : await readFile(from, 'utf8'))
const schemas = Object.entries(document.components.schemas).sort(([a], [b]) => (a < b ? -1 : 1))
const text = `// Written by tools/web/types.mjs from the server's OpenAPI document; do not edit.\n\n${schemas.map(declaration).join('\n\n')}\n`

if (!process.argv.includes('--check')) await writeFile(target, text)
else if ((await readFile(target, 'utf8')) !== text) {
  console.error('web/static/openapi.d.ts is not what the server says: npm run types')
  process.exitCode = 1
}

async function fetched(url) {
  const answer = await fetch(url)
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}`)
  return answer.text()
}

function declaration([name, schema]) {
  if (schema.type !== 'object' || !schema.properties) return `export type ${name} = ${type(schema)}`
  return `export interface ${name} {\n${members(schema, '  ')}}`
}

function members({ properties, required = [] }, indent) {
  return Object.entries(properties).map(([name, schema]) =>
    `${schema.description ? `${indent}/** ${schema.description.replaceAll('*/', '* /')} */\n` : ''}${indent}${name}${required.includes(name) ? '' : '?'}: ${type(schema)}\n`).join('')
}

/** A keyword that is not known here must not pass as "anything". */
function type(schema) {
  if (schema.$ref) return schema.$ref.split('/').pop()
  const alternatives = schema.anyOf ?? schema.oneOf
  if (alternatives) return alternatives.map(type).join(' | ')
  if (schema.enum) return schema.enum.map((v) => JSON.stringify(v)).join(' | ')
  return [schema.type].flat().map((t) => basic(t, schema)).join(' | ')
}

function basic(name, schema) {
  switch (name) {
    case 'integer': return 'number'
    case 'string': case 'number': case 'boolean': case 'null': return name
    case 'array': return `Array<${type(schema.items)}>`
    case 'object': return schema.properties ? `{ ${members(schema, '').replaceAll('\n', '; ')}}` : `Record<string, ${typeof schema.additionalProperties === 'object' ? type(schema.additionalProperties) : 'unknown'}>`
    default: throw new Error(`a schema of a kind that is not known here: ${JSON.stringify(schema)}`)
  }
}
