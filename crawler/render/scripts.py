"""What is run in a page, in a world of its own beside the page's scripts, which cannot change what it sees. Values come back as JSON."""

READ = """
(() => {
  const most = %d, longest = %d;
  const all = document.getElementsByTagName('*');
  const count = all.length;
  const root = document.documentElement;
  let html = '';
  if (root && count <= most) {
    const shadows = [];
    for (const one of all) if (one.shadowRoot) shadows.push(one.shadowRoot);
    html = shadows.length && root.getHTML
      ? '<html>' + root.getHTML({shadowRoots: shadows}) + '</html>' : root.outerHTML;
  } else if (root) {
    for (const one of all) {
      if (html.length > longest) break;
      const own = [...one.childNodes].filter(node => node.nodeType === 3).map(node => node.data).join(' ').trim();
      if (own && one.tagName !== 'SCRIPT' && one.tagName !== 'STYLE') html += own.slice(0, 1000).replace(/[<>&]/g, ' ') + '<br>';
    }
  }
  const keys = (name, store) => { try { return Object.keys(store()).slice(0, 100).map(key => name + key.slice(0, 200)); } catch { return []; } };
  let icon = '';
  for (const link of document.querySelectorAll('link[rel~="icon" i][href]')) icon = icon || link.href;
  const body = document.body;
  return {
    title: document.title.slice(0, 500), html: (document.doctype ? '<!DOCTYPE html>' : '') + html.slice(0, longest), cut: count > most || html.length > longest,
    count, url: location.href.slice(0, 8000), icon: icon.slice(0, 4000), text: count <= most && body ? body.innerText.length : most,
    pictures: document.querySelectorAll('img,canvas,iframe,video,svg,object,embed').length,
    storage: [...keys('local:', () => localStorage), ...keys('session:', () => sessionStorage)],
    width: innerWidth, height: count > most ? innerHeight : Math.max(root ? root.scrollHeight : 0, body ? body.scrollHeight : 0, innerHeight),
  };
})()
"""
"""The page as it stands: filled in with the most elements and the longest HTML in characters; a page with more elements is written as its words alone."""

QUIET = """
new Promise(resolve => {
  const quiet = %d, most = %d;
  const shown = () => document.body && document.getElementsByTagName('*').length < 5000 ? document.body.innerText.trim().length : 5000;
  const end = (answer) => { watcher.disconnect(); clearTimeout(timer); clearTimeout(last); resolve(answer); };
  const watcher = new MutationObserver(() => { clearTimeout(timer); timer = setTimeout(() => end(shown()), quiet); });
  const last = setTimeout(() => end(-1), most);
  let timer = setTimeout(() => end(shown()), quiet);
  watcher.observe(document, {childList: true, characterData: true, subtree: true});
})
"""
"""Waits until nothing was added to the page or taken from it for so many milliseconds, so many at most: how many characters the page shows then, -1 where it
was not quiet. A page of many elements is not counted, since that costs a layout.
"""

FETCH = "fetch(%s, {mode: 'no-cors', credentials: 'include'}).then(() => true, () => false)"
"""Asks for an address as the page would; what came is read from the events."""
