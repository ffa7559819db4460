// @ts-check
// Quiet sounds, made here: a tap when a round starts, a riffle when the cards turn, a bell before the session closes.

/** When there is time. Not every browser has requestIdleCallback. @param {() => void} what */
const later = (what) => ('requestIdleCallback' in globalThis ? requestIdleCallback(what, { timeout: 1000 }) : setTimeout(what, 200))

/** @type {AudioContext|null} */
let audio = null

// A browser lets a page sound only after somebody has touched it, and opening the device takes a while: so it is opened as soon as both allow.
const ready = () => later(() => { audio ??= new AudioContext() })
if (navigator.userActivation?.hasBeenActive) ready()
else for (const gesture of ['pointerdown', 'keydown']) addEventListener(gesture, ready, { once: true, passive: true })

/** @param {number} at @param {number} length @param {number} frequency @param {number} loudness */
function burst(at, length, frequency, loudness) {
  if (!audio) return
  const samples = audio.createBuffer(1, Math.ceil(audio.sampleRate * length), audio.sampleRate)
  const data = samples.getChannelData(0)
  for (let i = 0; i < data.length; i++) data[i] = (Math.random() * 2 - 1) * (1 - i / data.length) ** 3
  const source = new AudioBufferSourceNode(audio, { buffer: samples })
  const filter = new BiquadFilterNode(audio, { type: 'bandpass', frequency, Q: 1.2 })
  const gain = new GainNode(audio, { gain: loudness })
  source.connect(filter).connect(gain).connect(audio.destination)
  source.start(audio.currentTime + at)
}

/** @param {number} at @param {number} frequency */
function tone(at, frequency) {
  if (!audio) return
  const begin = audio.currentTime + at
  const gain = new GainNode(audio, { gain: 0.12 })
  gain.gain.setValueAtTime(0.12, begin)
  gain.gain.exponentialRampToValueAtTime(0.001, begin + 0.5)
  const source = new OscillatorNode(audio, { frequency })
  source.connect(gain).connect(audio.destination)
  source.start(begin)
  source.stop(begin + 0.5)
}

export const sounds = {
  bell() { tone(0, 660); tone(0.25, 880) },
  tap() { burst(0, 0.09, 900, 0.35); burst(0.11, 0.07, 1200, 0.22) },
  riffle() { for (let i = 0; i < 9; i++) burst(i * 0.035, 0.05, 1800 + i * 160, 0.12) },
}
