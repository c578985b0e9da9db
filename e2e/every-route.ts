/** Every route behind the guard with every method it offers. */
export function everyRoute(
  owner: string,
  id: string,
): [method: string, path: string, body?: object][] {
  return [
    ["GET", `/api/${owner}/tasks`],
    ["HEAD", `/api/${owner}/tasks`],
    ["POST", `/api/${owner}/tasks`, { title: "x" }],
    ["GET", `/api/${owner}/tasks/${id}`],
    ["PUT", `/api/${owner}/tasks/${id}`, { title: "x" }],
    ["PATCH", `/api/${owner}/tasks/${id}`, { title: "x" }],
    ["PATCH", `/api/${owner}/tasks/${id}/complete`],
    ["DELETE", `/api/${owner}/tasks/${id}`],
    ["POST", `/api/${owner}/tasks/${id}/restore`],
    ["DELETE", `/api/${owner}`],
  ];
}
