// Talking to the server. Errors carry the server's own sentence.

import { sentence } from "./format.js";

// With --token the address carries it after "#token="; it is kept for this tab alone.
const given = /^#token=(.+)$/.exec(location.hash);
if (given) {
  sessionStorage.setItem("token", decodeURIComponent(given[1]));
  history.replaceState(null, "", location.pathname + "#/record");
}
const token = sessionStorage.getItem("token");

export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export async function request(method, path, body) {
  const headers = authorization();
  const isData = body instanceof Blob;
  if (body !== undefined && !isData) headers["content-type"] = "application/json";
  let answer;
  try {
    answer = await fetch(`/api${path}`, { method, headers, body: body === undefined || isData ? body : JSON.stringify(body) });
  } catch {
    throw new ApiError(0, "Tremorcam does not answer. Is it still running in its window?");
  }
  const isJson = answer.status !== 204 && answer.headers.get("content-type")?.startsWith("application/json");
  const content = isJson ? await answer.json() : null;
  if (!answer.ok) throw new ApiError(answer.status, explain(content, answer.status));
  return content;
}

export const get = (path) => request("GET", path);
export const post = (path, body) => request("POST", path, body);
export const put = (path, body) => request("PUT", path, body);
export const patch = (path, body) => request("PATCH", path, body);
export const remove = (path) => request("DELETE", path);

// Address for a link or a player, which cannot send headers.
export function address(path) {
  return `/api${path}${token ? `?token=${encodeURIComponent(token)}` : ""}`;
}

export function openSocket(path) {
  const url = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api${path}`;
  return token ? new WebSocket(url, [`tremorcam.token.${token}`]) : new WebSocket(url);
}

// fetch tells nothing of an upload's progress; XMLHttpRequest does.
export function upload(file, options, onProgress) {
  const query = new URLSearchParams({ name: file.name, ...options });
  const transfer = new XMLHttpRequest();
  const finished = new Promise((resolve, reject) => {
    transfer.upload.onprogress = (event) => onProgress(event.loaded / event.total);
    transfer.onload = () => {
      const content = JSON.parse(transfer.responseText || "null");
      if (transfer.status === 201) resolve(content);
      else reject(new ApiError(transfer.status, explain(content, transfer.status)));
    };
    transfer.onerror = () => reject(new ApiError(0, "The upload broke off. Try again."));
    transfer.onabort = () => reject(new ApiError(0, "Cancelled"));
  });
  transfer.open("POST", `/api/uploads?${query}`);
  for (const [name, value] of Object.entries(authorization())) transfer.setRequestHeader(name, value);
  transfer.send(file);
  return { finished, cancel: () => transfer.abort() };
}

let config;

export function getConfig() {
  config ??= get("/config");
  return config;
}

function authorization() {
  return token ? { authorization: `Bearer ${token}` } : {};
}

function explain(content, status) {
  const detail = content?.detail;
  if (typeof detail === "string") return sentence(detail);
  if (Array.isArray(detail)) return detail.map((fault) => fault.msg).join("; ");
  return `The server answered ${status}.`;
}
