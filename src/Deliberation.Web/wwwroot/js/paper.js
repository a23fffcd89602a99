// Paper entry by keys alone: a figure chooses, Enter stores. Text fields and the rest of the form work as everywhere.
const form = document.querySelector('[data-keys]');
document.addEventListener('keydown', event => {
  if (!form || event.ctrlKey || event.altKey || event.metaKey || event.target.matches('input:not([type=radio]),textarea,select')) return;
  const choice = form.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!choice) return;
  choice.checked = true;
  choice.focus();
  event.preventDefault();
});
