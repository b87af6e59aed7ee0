/** A refused request: the server's problem document (RFC 9457). */
export class Problem extends Error {
  constructor(status, document) {
    super(document.detail || document.title || `The server answered ${status}`);
    this.status = status;
    this.code = document.code;
    this.problem = document;
  }
}

async function checked(response) {
  if (response.ok) return response;
  let document = {};
  try {
    document = await response.json();
  } catch {
    // The answer is not the server's own.
  }
  throw new Problem(response.status, document);
}

export async function get(path) {
  return (await checked(await fetch(path))).json();
}

export async function send(method, path) {
  return checked(await fetch(path, { method }));
}

export async function openSession(token) {
  await checked(await fetch('/api/session', { method: 'POST', headers: { Authorization: `Bearer ${token}` } }));
}

/** Hands in a job; `sent` is told the fraction of the upload that is through, which fetch cannot tell. */
export function submit(body, sent) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', '/api/jobs');
    request.upload.onprogress = (event) => event.lengthComputable && sent(event.loaded / event.total);
    request.onload = () => {
      let answer = {};
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        // The answer is not the server's own.
      }
      if (request.status < 300) resolve(answer);
      else reject(new Problem(request.status, answer));
    };
    request.onerror = () => reject(new Error('The server cannot be reached, or it broke off the upload.'));
    request.send(body);
  });
}

/** Follows all jobs; `handlers` has job, progress, deleted, connected and lost. */
export function follow(handlers) {
  const source = new EventSource('/api/events');
  for (const name of ['job', 'progress', 'deleted']) {
    source.addEventListener(name, (event) => handlers[name](JSON.parse(event.data)));
  }
  source.onopen = () => handlers.connected();
  source.onerror = () => {
    handlers.lost();
    // Browsers try again by themselves, except after an answer that is not a stream.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => follow(handlers), 3000);
  };
}

export const fileUrl = (job, index) => `/api/jobs/${job.id}/files/${index}`;
export const resultUrl = (job, result, download = false) =>
  `/api/jobs/${job.id}/results/${result.number}${download ? '?download' : ''}`;
/** Where the browser gets what it can show of a picture: the server's PNG for a TIFF. */
export const previewUrl = (url, stored) => (/\.tiff?$/.test(stored) ? `${url}?preview` : url);
export const zipUrl = (job) => `/api/jobs/${job.id}/zip`;
