// Paper entry by keys alone: figures choose, Enter stores. Not while a text field has the focus; Enter in one goes on to the next.
const form = document.querySelector('[data-keys]');
const fields = [...form.querySelectorAll('input.in')];
document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const field = fields.indexOf(event.target);
  if (field >= 0) {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    const next = fields.slice(field + 1).find(f => !f.value);
    if (next) next.focus(); else event.target.blur();
    return;
  }
  const choice = form.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (choice) { choice.click(); event.preventDefault(); }
  else if (event.key === 'Enter' && event.target.tagName !== 'BUTTON' && event.target.tagName !== 'A') { event.preventDefault(); form.requestSubmit(form.querySelector('button')); }
});
if (!document.querySelector('[data-focus]')) fields.find(f => !f.value)?.focus();
