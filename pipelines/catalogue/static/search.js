/* The way from a town's name to its page. The index is in pieces, by the first letters of a word, as many as make a piece
   small: one is fetched for an answer, however many territories there are. What answers the first two letters is fetched
   while nobody has typed anything. Without this script, pages list territories by département. */
(() => {
  'use strict';
  const LETTERS = 2, SHOWN = 20;
  const SMALL = new Set('a au aux d de des du en et l la le les sous sur st ste saint sainte'.split(' '));
  const ARTICLES = new Set('d de des du l la le les'.split(' '));
  const SPELLED = { st: 'saint', ste: 'sainte', sts: 'saints', stes: 'saintes', lez: 'les' };
  const ELIDED = new Set(['d', 'l']);

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
          throw new Error(String(answer.status));
        }).catch(problem => { pieces.delete(start); throw problem; }));
      }
      return pieces.get(start);
    };
    // The beginnings of words that have a piece, and the first answers: there before the first letter is typed, or asked
    // for with it where somebody's phone saves data.
    const known = () => piece('_debuts'), firsts = () => piece('_premiers');
    let first = {};
    const prepare = () => {
      known().catch(() => {});
      firsts().then(found => {
        if (first === found) return;
        first = found;
        if (input.value) search();
      }, () => {});
    };
    input.addEventListener('focus', prepare);
    if (!navigator.connection?.saveData) {
      if (document.readyState === 'complete') prepare(); else addEventListener('load', prepare);
    }
    /* The lines for a word: those of the longest beginning of it that has a piece. `more`: longer words have others. */
    const linesFor = async word => {
      const starts = await known(), begun = starts.filter(start => start.length > word.length && start.startsWith(word));
      for (let length = word.length; length; length--) {
        const start = word.slice(0, length);
        if (starts.includes(start)) return { lines: await piece(start), more: begun.length > 0 };
      }
      return { lines: [], more: begun.length > 0 };
    };

    const OTHER_NAMES = 5;
    const namesOf = line => [line[0], line[2], ...line.slice(OTHER_NAMES)];
    // "Lhay" is typed for "L'Haÿ".
    const joined = own => own.flatMap((word, place) => ELIDED.has(word) && own[place + 1] ? [word + own[place + 1]] : []);

    // Every word asked for begins a word of one of the names; a name that is asked for whole comes first.
    const rank = (wanted, line) => {
      let best = { value: 0 };
      for (const name of namesOf(line)) {
        const own = words(name), main = own.filter(word => !ARTICLES.has(word)), all = [...own, ...joined(own)];
        if (!wanted.every(word => all.some(item => item.startsWith(word)))) continue;
        const value = main.join(' ') === wanted.join(' ') ? 3 : main[0]?.startsWith(wanted[0]) ? 2 : 1;
        if (value > best.value) best = { value, name };
      }
      return { ...best, line };
    };
    const among = (wanted, lines) =>
      lines.map(line => rank(wanted, line)).filter(found => found.value).sort((a, b) => b.value - a.value);

    const show = found => answers.replaceChildren(...found.slice(0, SHOWN).map(({ name: by, line }) => {
      const [name, kind, code, departement, path] = line;
      const link = document.createElement('a'), item = document.createElement('li'), about = document.createElement('span');
      link.href = `${finder.dataset.pages}${path || `territoires/${kind}-${code}.html`}`;
      link.textContent = name;
      about.className = 'soft';
      const also = by === name || by === code ? '' : `, ${finder.dataset.also} ${by}`;
      about.textContent = ` ${kinds[kind] ?? kind}${departement ? ` (${departement})` : ''}, ${code}${also}`;
      item.append(link, about);
      return item;
    }));

    let latest = 0;
    const search = async () => {
      const asked = ++latest, all = words(input.value);
      const bare = all.filter(word => !ARTICLES.has(word)), wanted = bare.length ? bare : all;
      const able = wanted.filter(word => word.length >= LETTERS && !SMALL.has(word));
      const longest = able.sort((a, b) => b.length - a.length)[0], start = longest ?? wanted[0];
      // "Sai" may be the beginning of "Saint-Denis", which is under "de": too little to say that there is nothing.
      const unsure = !longest || (wanted.length === 1 && [...SMALL].some(word => word.startsWith(longest)));
      if (!start) { answers.replaceChildren(); status.textContent = ''; return; }
      const atOnce = among(wanted, first[start.slice(0, LETTERS)] ?? []);
      show(atOnce);
      status.textContent = atOnce.length ? finder.dataset.many : unsure ? finder.dataset.more : finder.dataset.wait;
      let lines, more;
      try {
        ({ lines, more } = await linesFor(start));
      } catch {
        if (asked === latest) { answers.replaceChildren(); status.textContent = finder.dataset.failed; }
        return;
      }
      if (asked !== latest) return;
      // Where the beginning is that of too many names to have a piece, its first answers stand for it.
      const found = lines.length ? among(wanted, lines) : atOnce;
      show(found);
      const isMore = more || found.length > SHOWN;
      status.textContent = found.length ? (isMore ? finder.dataset.many : '') : more || unsure ? finder.dataset.more : finder.dataset.none;
    };
    input.addEventListener('input', search);
    finder.hidden = false;
    if (input.value) search();
  }
})();
