#!/usr/bin/python3
"""The life of a connector by the Python package kafka-connect-py, as it is.

    life.py URL FOLDER      a worker that knows no connector, a folder for the connector's file

Ends with an exception where the worker answers otherwise than Apache's does.
"""

import json
import pathlib
import sys
import time

from kafka_connect import KafkaConnect

NAME = "driven by python"


def wait(what, look):
    deadline = time.monotonic() + 60
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come about")
        time.sleep(0.1)


def same(got, wanted):
    if got != wanted:
        raise AssertionError(f"got {got}, wanted {wanted}")


def main(url, folder):
    file = pathlib.Path(folder) / "python.txt"
    file.write_text("one\ntwo\n")
    config = {"connector.class": "FileStreamSource", "file": str(file), "topic": "python-lines",
              "tasks.max": "1"}
    client = KafkaConnect(url)

    def status():
        try:
            return client.get_connector_status(NAME)
        except Exception as error:  # not yet known to the status topic
            return {"connector": {"state": str(error)}, "tasks": []}

    def runs():
        now = status()
        return (now["connector"]["state"] == "RUNNING" and
                [task["state"] for task in now["tasks"]] == ["RUNNING"])

    same(client.get_cluster_info()["version"], "4.3.0")
    same(client.list_connectors(), [])
    classes = [plugin["class"] for plugin in client.list_connector_plugins()]
    if "org.apache.kafka.connect.file.FileStreamSourceConnector" not in classes:
        raise AssertionError(classes)
    report = client.validate_connector_config("FileStreamSource", {**config, "name": NAME})
    same(report["error_count"], 0)
    same(client.create_connector({"name": NAME, "config": config})["name"], NAME)
    wait("a running connector", runs)
    same(list(client.list_connectors(expand="status")), [NAME])
    same(list(client.list_connectors(pattern="driven.*")), [NAME])
    same(client.get_connector_config(NAME), {**config, "name": NAME})
    same(client.get_connector(NAME)["type"], "source")
    same([task["id"]["task"] for task in client.list_connector_tasks(NAME)], [0])
    same(client.get_connector_task_status(NAME, 0)["state"], "RUNNING")
    wait("its topic", lambda: client.list_connector_topics(NAME) ==
         {NAME: {"topics": ["python-lines"]}})
    client.pause_connector(NAME)
    wait("the pause", lambda: [task["state"] for task in status()["tasks"]] == ["PAUSED"])
    client.reset_connector_topics(NAME)
    client.resume_connector(NAME)
    wait("the end of the pause", runs)
    client.restart_connector_task(NAME, 0)
    wait("the restart of its task", runs)
    client.restart_connector(NAME)
    client.restart_connector(NAME, include_tasks=True)
    wait("the restart of all", runs)
    changed = {**config, "batch.size": "7"}
    same(client.update_connector(NAME, changed)["config"]["batch.size"], "7")
    wait("the new config", lambda: client.list_connector_tasks(NAME)[0]["config"].get("batch.size")
         == "7" and runs())
    client.stop_connector(NAME)
    wait("the stop", lambda: status()["connector"]["state"] == "STOPPED" and not status()["tasks"])
    client.delete_connector(NAME)
    wait("the end", lambda: client.list_connectors() == [])
    print(json.dumps("the life of a connector by kafka-connect-py"))


if __name__ == "__main__":
    main(*sys.argv[1:])
