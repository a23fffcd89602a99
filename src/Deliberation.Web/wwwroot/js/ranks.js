// Places by buttons: up and down swap with the neighbour, the last one down loses its place. The selects are what is sent.
for (const list of document.querySelectorAll('[data-ranks]')) {
  const selects = [...list.querySelectorAll('select')];
  const place = select => Number(select.value) || 0;
  const at = wanted => selects.find(select => place(select) === wanted);
  for (const moves of list.querySelectorAll('[data-moves]')) moves.hidden = false;
  list.addEventListener('click', event => {
    const button = event.target.closest('[data-move]');
    if (!button) return;
    const select = button.closest('.sheet').querySelector('select');
    const now = place(select);
    const last = Math.max(...selects.map(place));
    if (button.dataset.move === 'up') {
      if (now === 0) { select.value = String(last + 1); return; }
      if (now === 1) return;
      const above = at(now - 1);
      if (above) above.value = String(now);
      select.value = String(now - 1);
    } else if (now > 0 && now < last) {
      const below = at(now + 1);
      if (below) below.value = String(now);
      select.value = String(now + 1);
    } else if (now > 0) select.value = '';
  });
}
