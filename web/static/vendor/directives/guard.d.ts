// Types only; the code beside this is lit-html as published.
export * from 'lit-html/directives/guard.js'
