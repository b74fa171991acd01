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
    const gather = from => {
      for (const one of from.querySelectorAll('*')) if (one.shadowRoot && shadows.length < 5000) { shadows.push(one.shadowRoot); gather(one.shadowRoot); }
    };
    gather(root);
    html = shadows.length && root.getHTML
      ? '<html>' + root.getHTML({shadowRoots: shadows}).replace(/<template shadowrootmode="(\\w+)"/g, '<section data-mirrorwatch-shadow="$1"') + '</html>'
      : root.outerHTML;
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
    width: innerWidth, window: innerWidth * innerHeight, height: count > most ? innerHeight : Math.max(root ? root.scrollHeight : 0, body ? body.scrollHeight : 0, innerHeight),
  };
})()
"""
"""The page as it stands: filled in with the most elements and the longest HTML in characters; a page with more elements is written as its words alone.

Open shadow roots are written as plain elements, in place: a reader of the page sees them, and a parser of HTML drops what stands in a template (the `</template>`
that is left over is nothing to it).
"""

FRAME = (
    "(() => { const found = "
    + READ.strip().removesuffix(";")
    + """;
  let html = found.html;
  try {
    const inert = new DOMParser().parseFromString(html, 'text/html');
    for (const name of ['href', 'src', 'action']) for (const one of inert.querySelectorAll('[' + name + ']')) {
      try { one.setAttribute(name, new URL(one.getAttribute(name), document.baseURI).href); } catch { /* no address */ }
    }
    html = inert.documentElement.outerHTML;
  } catch { /* a page may forbid to parse; its addresses stay as they are */ }
  return {html, url: found.url};
})()"""
)
"""A frame as it stands, filled in as `READ`; its addresses are made absolute, since it is written into a page of another address."""

COVERED = """
function() {
  if (this.checkVisibility && !this.checkVisibility({opacityProperty: true, visibilityProperty: true})) return 0;
  const box = this.getBoundingClientRect();
  const wide = Math.min(box.right, innerWidth) - Math.max(box.left, 0);
  return box.bottom + scrollY > 0 && wide > 0 ? wide * Math.min(box.height, innerHeight) : 0;
}
"""
"""How many square pixels of the window an element can cover, wherever the page is scrolled to; 0 where it is not to be seen."""

WITHIN = """
function() {
  const shadows = [];
  const gather = from => {
    for (const one of from.querySelectorAll('*')) if (one.shadowRoot && shadows.length < 1000) { shadows.push(one.shadowRoot); gather(one.shadowRoot); }
  };
  gather(this);
  return this.getHTML ? this.getHTML({shadowRoots: shadows}).replace(/<template shadowrootmode="(\\w+)"/g, '<section data-mirrorwatch-shadow="$1"') : this.innerHTML;
}
"""
"""The HTML of a shadow root, with the open ones in it."""

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
