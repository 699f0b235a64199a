// The life of a connector by the npm package kafka-connect-client, as it is.
//
//     node life.js PORT FOLDER     a worker that knows no connector, a folder for its file
//
// Fails where the worker answers otherwise than Apache's does. That includes 415 for the client's
// verbs without a body: it marks them as forms.
const assert = require("node:assert");
const fs = require("node:fs");
const path = require("node:path");
const {KafkaConnectClient} = require("kafka-connect-client");

const name = "driven-by-npm";

async function wait(what, look) {
  const deadline = Date.now() + 60000;
  for (;;) {
    if (await look()) return;
    if (Date.now() > deadline) throw new Error(`${what} did not come about`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function refusal(request) {
  try {
    await request;
  } catch (error) {
    if (!error.response) throw error;
    return error.response.status;
  }
  return 0;
}

async function main(port, folder) {
  const file = path.join(folder, "npm.txt");
  fs.writeFileSync(file, "one\ntwo\n");
  const config = {"connector.class": "FileStreamSource", file, topic: "npm-lines", "tasks.max": "1"};
  const client = new KafkaConnectClient({protocol: "http", host: "127.0.0.1", port: Number(port)});
  const connector = client.connector(name);
  const runs = async () => {
    try {
      const {data} = await connector.getStatus();
      return data.connector.state === "RUNNING" && data.tasks.length === 1 &&
             data.tasks[0].state === "RUNNING";
    } catch (error) { // not yet known to the status topic
      return false;
    }
  };

  assert.strictEqual((await client.getCluster()).data.version, "4.3.0");
  assert.deepStrictEqual((await client.getConnectors()).data, []);
  const plugins = (await client.getConnectorPlugins({connectorsOnly: false})).data;
  assert(plugins.some((one) => one.class === "org.apache.kafka.connect.transforms.RegexRouter"));
  const report = await client.validateConnectorConfig("FileStreamSource", {...config, name});
  assert.strictEqual(report.data.error_count, 0);
  const created = await client.createConnector(name, config);
  assert.strictEqual(created.status, 201);
  assert.strictEqual(await refusal(client.createConnector(name, config)), 409);
  await wait("a running connector", runs);
  assert.deepStrictEqual(Object.keys((await client.getConnectors({expand: "info"})).data), [name]);
  assert.strictEqual((await connector.get()).data.type, "source");
  assert.deepStrictEqual((await connector.getConfig()).data, {...config, name});
  assert.strictEqual((await connector.getTasks()).data[0].id.task, 0);
  assert.strictEqual((await connector.getTaskStatus(0)).data.state, "RUNNING");
  await wait("its offset", async () => (await connector.getOffsets()).data.offsets.length === 1);
  const partition = {filename: file};
  assert.strictEqual(await refusal(connector.alterOffsets([{partition, offset: null}])), 400);
  for (const verb of ["pause", "resume", "stop", "resetTopics"])
    assert.strictEqual(await refusal(connector[verb]()), 415, verb);
  assert.strictEqual(await refusal(connector.restartTask(0)), 415);
  assert.strictEqual((await connector.restart({includeTasks: true})).status, 204);
  await wait("the restart", runs);
  const changed = await connector.updateConfig({...config, "batch.size": "7"});
  assert.strictEqual(changed.status, 200);
  await wait("the new config", async () =>
    (await connector.getTasks()).data[0]?.config["batch.size"] === "7" && (await runs()));
  assert.strictEqual((await connector.delete()).status, 204);
  await wait("the end", async () => (await client.getConnectors()).data.length === 0);
  assert.strictEqual(await refusal(connector.get()), 404);
  console.log(JSON.stringify("the life of a connector by kafka-connect-client"));
}

main(...process.argv.slice(2)).catch((error) => {
  console.error(error.response ? `${error.message}: ${JSON.stringify(error.response.data)}` : error);
  process.exit(1);
});
