/* The way from a town's name to its page. The index is in pieces, by the first two letters of a word: one is fetched for
   an answer, however many territories there are. Without this script, pages list territories by département. */
(() => {
  'use strict';
  const LETTERS = 2, SHOWN = 20;
  const SMALL = new Set('a au aux d de des du en et l la le les sous sur st ste saint sainte'.split(' '));
  const ARTICLES = new Set('d de des du l la le les'.split(' '));
  const SPELLED = { st: 'saint', ste: 'sainte' };

  const words = text => (text.replace(/[œŒ]/g, 'oe').replace(/[æÆ]/g, 'ae').normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().match(/[0-9a-z]+/g) ?? [])
    .map(word => SPELLED[word] ?? word);

  for (const finder of document.querySelectorAll('.finder')) {
    const input = finder.querySelector('input'), status = finder.querySelector('.status'), answers = finder.querySelector('.answers');
    const kinds = Object.fromEntries([...finder.querySelector('template').content.querySelectorAll('data')].map(item => [item.value, item.textContent]));
    const pieces = new Map();
    const piece = start => {
      if (!pieces.has(start)) {
        pieces.set(start, fetch(`${finder.dataset.shards}${start}.json`).then(answer => {
          if (answer.ok) return answer.json();
          if (answer.status === 404) return [];
          pieces.delete(start);
          throw new Error(String(answer.status));
        }));
      }
      return pieces.get(start);
    };

    // Every word asked for begins a word of one of the names; a name that is asked for whole comes first.
    const rank = (wanted, line) => {
      let best = 0;
      for (const name of line.slice(5)) {
        const own = words(name);
        if (!wanted.every(word => own.some(item => item.startsWith(word)))) continue;
        const telling = own.filter(word => !ARTICLES.has(word));
        const found = telling.join(' ') === wanted.join(' ') ? 3 : telling[0]?.startsWith(wanted[0]) ? 2 : 1;
        best = Math.max(best, found);
      }
      return best;
    };

    let latest = 0;
    const search = async () => {
      const asked = ++latest, all = words(input.value);
      const bare = all.filter(word => !ARTICLES.has(word)), wanted = bare.length ? bare : all;
      const telling = wanted.find(word => word.length >= LETTERS && !SMALL.has(word)), start = telling ?? wanted[0];
      // "Sai" may be the beginning of "Saint-Denis", which stands under "de": too little to say that there is nothing.
      const unsure = !telling || (wanted.length === 1 && [...SMALL].some(word => word.startsWith(telling)));
      if (!start) { answers.replaceChildren(); status.textContent = ''; return; }
      let lines;
      try {
        lines = await piece(start.slice(0, LETTERS));
      } catch {
        if (asked === latest) { answers.replaceChildren(); status.textContent = finder.dataset.failed; }
        return;
      }
      if (asked !== latest) return;
      const found = lines.map(line => [rank(wanted, line), line]).filter(([value]) => value).sort((a, b) => b[0] - a[0]);
      answers.replaceChildren(...found.slice(0, SHOWN).map(([, [name, kind, code, departement, path]]) => {
        const link = document.createElement('a'), item = document.createElement('li'), about = document.createElement('span');
        link.href = finder.dataset.pages + path;
        link.textContent = name;
        about.className = 'soft';
        about.textContent = ` ${kinds[kind] ?? kind}${departement ? ` (${departement})` : ''}, ${code}`;
        item.append(link, about);
        return item;
      }));
      status.textContent = found.length > SHOWN ? finder.dataset.many : found.length ? '' : unsure ? finder.dataset.more : finder.dataset.none;
    };
    input.addEventListener('input', search);
    finder.hidden = false;
    if (input.value) search();
  }
})();
