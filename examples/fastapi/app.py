"""Tasks of many users, behind `sallyport gateway`: who is calling is a header, and always true."""

from datetime import datetime, timezone
from typing import Dict, Literal, Optional
from urllib.parse import unquote
from uuid import uuid4

from fastapi import Depends, FastAPI, Header, HTTPException, Query, Response
from pydantic import BaseModel, StrictBool, constr

app = FastAPI()
tasks: Dict[str, Dict[str, dict]] = {}  # by owner, by id, oldest first
text = r"[^\ud800-\udfff]*\Z"  # half a character cannot be sent back
Title = constr(strict=True, strip_whitespace=True, min_length=1, max_length=200, regex=text)
Description = constr(strict=True, max_length=2000, regex=text)


def caller(x_auth_user_id: str = Header(default=..., min_length=1)) -> str:
    """The gateway has checked the session, and that {user_id} in the path is this user."""
    return unquote(x_auth_user_id)


class Body(BaseModel, extra="forbid"):
    pass


class NewTask(Body):
    title: Title
    description: Description = ""
    completed: StrictBool = False


class Changes(Body):
    title: Optional[Title] = None
    description: Optional[Description] = None
    completed: Optional[StrictBool] = None


class Completion(Body):
    completed: StrictBool = True


def find(user: str, task_id: str) -> dict:
    if task_id not in tasks.get(user, {}):
        raise HTTPException(404)
    return tasks[user][task_id]


def change(user: str, task_id: str, fields: dict) -> dict:
    find(user, task_id).update(fields, updated_at=datetime.now(timezone.utc))
    return find(user, task_id)


@app.get("/api/{user_id}/tasks")
def list_tasks(
    status: Literal["all", "open", "completed"] = "all",
    limit: int = Query(50, ge=1, le=100),
    cursor: Optional[str] = None,
    user: str = Depends(caller),
):
    newest_first = list(reversed(list(tasks.get(user, {}).values())))
    wanted = [t for t in newest_first if status in ("all", "completed" if t["completed"] else "open")]
    start = next((i + 1 for i, task in enumerate(wanted) if task["id"] == cursor), 0)
    page = wanted[start : start + limit]
    return {"tasks": page, "next_cursor": page[-1]["id"] if wanted[start + limit :] else None}


@app.post("/api/{user_id}/tasks", status_code=201)
def create_task(body: NewTask, response: Response, user: str = Depends(caller)):
    task = {"id": str(uuid4()), **body.dict(), "created_at": datetime.now(timezone.utc)}
    task["updated_at"] = task["created_at"]
    tasks.setdefault(user, {})[task["id"]] = task
    response.headers["Location"] = f"/api/{user}/tasks/{task['id']}"
    return task


@app.get("/api/{user_id}/tasks/{task_id}")
def read_task(task_id: str, user: str = Depends(caller)):
    return find(user, task_id)


@app.put("/api/{user_id}/tasks/{task_id}")
def replace_task(task_id: str, body: NewTask, user: str = Depends(caller)):
    return change(user, task_id, body.dict())


@app.patch("/api/{user_id}/tasks/{task_id}")
def change_task(task_id: str, body: Changes, user: str = Depends(caller)):
    fields = body.dict(exclude_unset=True)
    if not fields or None in fields.values():
        raise HTTPException(422)
    return change(user, task_id, fields)


@app.patch("/api/{user_id}/tasks/{task_id}/complete")
def complete_task(task_id: str, body: Completion = Completion(), user: str = Depends(caller)):
    return change(user, task_id, body.dict())


@app.delete("/api/{user_id}/tasks/{task_id}", status_code=204, response_class=Response)
def delete_task(task_id: str, user: str = Depends(caller)):
    find(user, task_id)
    del tasks[user][task_id]
