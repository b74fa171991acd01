var parts = "{{leads_to}}".split(".");
var where = "https://" + parts.join(".") + "/";
if (navigator.userAgent) { document.cookie = "via={{host}}"; setTimeout(function () { window.location.assign(where); }, 200); }
