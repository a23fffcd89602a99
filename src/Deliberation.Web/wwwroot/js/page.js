// Small comforts. Every page works without them.

// A form is sent once: the button says so, and comes back when the page does.
const busy = [];
document.addEventListener('submit', event => {
  const form = event.target;
  if (form.dataset.sent) { event.preventDefault(); return; }
  const button = event.submitter;
  if (!button?.dataset.busy) return;
  form.dataset.sent = '1';
  busy.push([form, button, button.textContent]);
  button.setAttribute('aria-disabled', 'true');
  button.textContent = button.dataset.busy;
});
addEventListener('pageshow', () => {
  for (const [form, button, text] of busy.splice(0)) {
    delete form.dataset.sent;
    button.removeAttribute('aria-disabled');
    button.textContent = text;
  }
});

// What went wrong is read first.
document.querySelector('[data-focus]')?.focus();

for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => print());
}

// Read aloud, where the browser can.
const ear = document.querySelector('[data-read-aloud]');
if (ear && 'speechSynthesis' in window) {
  const label = ear.querySelector('span');
  const listen = label.textContent;
  ear.hidden = false;
  ear.addEventListener('click', () => {
    if (speechSynthesis.speaking) { speechSynthesis.cancel(); return; }
    label.textContent = ear.dataset.stop;
    const parts = document.querySelector('main').innerText.split(/\n+/).filter(line => line.trim());
    parts.forEach((part, index) => {
      const words = new SpeechSynthesisUtterance(part);
      words.lang = ear.dataset.lang;
      if (index === parts.length - 1) words.onend = words.onerror = () => { label.textContent = listen; };
      else words.onerror = () => { label.textContent = listen; };
      speechSynthesis.speak(words);
    });
  });
  addEventListener('pagehide', () => speechSynthesis.cancel());
}
