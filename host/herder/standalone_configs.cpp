// Requests on the configs of connectors, and the start and end of all of them.
#include <algorithm>
#include <memory>
#include <utility>

#include "host/base/log.h"
#include "host/herder/java_map.h"
#include "host/herder/standalone_herder.h"

namespace host::herder {
namespace {

const log::Logger kLog{"sluice.herder"};

// Of Connect's own source: without a file it reads what the worker was given.
bool reads_standard_input(const plugin::CatalogEntry &plugin, const StringMap &config) {
  return plugin.descriptor.class_name ==
             "org.apache.kafka.connect.file.FileStreamSourceConnector" &&
         config.get("file").empty();
}

Error not_found(const std::string &name) {
  return Error(Code::NotFound, "Connector " + name + " not found");
}

} // namespace

// Two readers of standard input would each get a part of it (design 3).
Status StandaloneHerder::check_standard_input(const std::string &name, const StringMap &config) {
  HOST_ASSIGN(
      const plugin::CatalogEntry plugin,
      catalog().connector(config.get("connector.class"), config.find("connector.plugin.version")));
  if (!reads_standard_input(plugin, config))
    return {};
  for (const std::string &other : table().names()) {
    const Connector &known = *table().find(other);
    if (other != name && known.plugin && reads_standard_input(*known.plugin, known.config))
      return fail(Code::BadRequest, "Connector " + name +
                                        " has no `file`, so it would read standard input, which "
                                        "connector " +
                                        other + " reads already: set `file` in one of them");
  }
  return {};
}

// Checks the config, makes it the connector's, and starts it.
Step<Result<Changed>> StandaloneHerder::store(std::string name, SubmittedConfig config,
                                              std::optional<TargetState> target,
                                              Existing existing) {
  config = parts().with_known_passwords(config, name);
  auto infos = co_await parts().checked(config);
  if (!infos)
    co_return fail(std::move(infos).error());
  if (Status good = no_errors(*infos); !good)
    co_return fail(std::move(good).error());

  Turns::Turn turn = co_await turns().of(name);
  Connector *connector = table().find(name);
  const bool created = connector == nullptr;
  if (!created && existing == Existing::Refuse)
    co_return fail(Code::AlreadyExists, "Connector " + name + " already exists");
  if (Status good = check_standard_input(name, config.values()); !good)
    co_return fail(std::move(good).error());
  if (created)
    connector = &table().add(name);
  table().renew(*connector);
  connector->config = config.values();
  connector->target = target.value_or(connector->target);
  table().touch(*connector);
  const std::uint64_t epoch = connector->epoch;
  turn.end();

  if (Status started = co_await parts().start_object(name, epoch); !started)
    co_return fail(std::move(started).error());
  // A failure is retried later; the connector is there all the same.
  (void)co_await parts().make_tasks(name, epoch);
  table().publish();
  auto view = snapshot()->find(name);
  if (view == nullptr)
    co_return fail(not_found(name));
  co_return Changed{created, std::move(view)};
}

Job StandaloneHerder::run_create(CreateRequest request, Callback<Changed> done) {
  answer(done, co_await store(request.name, std::move(request.config), request.initial_state,
                              Existing::Refuse));
}

Job StandaloneHerder::run_put(std::string name, SubmittedConfig config, Callback<Changed> done) {
  answer(done, co_await store(name, std::move(config), std::nullopt, Existing::Replace));
}

Job StandaloneHerder::run_patch(std::string name, SubmittedConfig patch, Callback<Changed> done) {
  const Connector *connector = table().find(name);
  if (connector == nullptr) {
    answer<Changed>(done, fail(not_found(name)));
    co_return;
  }
  SubmittedConfig config(patched(connector->config, patch));
  answer(done, co_await store(name, std::move(config), std::nullopt, Existing::Replace));
}

Job StandaloneHerder::run_remove(std::string name, Callback<void> done) {
  Turns::Turn turn = co_await turns().of(name);
  Connector *connector = table().find(name);
  if (connector == nullptr) {
    answer<void>(done, fail(not_found(name)));
    co_return;
  }
  table().renew(*connector);
  const std::vector<TaskId> tasks = connector->task_ids();
  (void)co_await parts().end_tasks(name, tasks);
  Status removed = co_await ask<Status>(
      [&](auto done) { supervisor().remove_connector(name, std::move(done)); });
  if (!removed)
    kLog.warn("While removing connector {}: {}", name, removed.error().message());
  table().erase(name);
  answer<void>(done, {});
}

// All at once: what one connector's plugin takes does not delay the others.
Job StandaloneHerder::run_open(std::vector<CreateRequest> connectors, Callback<void> started) {
  struct Progress {
    std::size_t left = 0;
    std::size_t failed_at = 0;
    std::optional<Error> error;
  };
  auto progress = std::make_shared<Progress>(Progress{connectors.size() + 1, 0, std::nullopt});
  auto one_done = [this, progress, started](std::size_t index, const Status &status) {
    if (!status && (!progress->error || index < progress->failed_at)) {
      progress->error = status.error();
      progress->failed_at = index;
    }
    if (--progress->left > 0)
      return;
    set_ready(!progress->error);
    answer<void>(started, progress->error ? Status(fail(*progress->error)) : Status());
  };
  for (std::size_t i = 0; i < connectors.size(); ++i) {
    const std::string name = connectors[i].name;
    run_create(std::move(connectors[i]), [i, name, one_done](Result<Changed> result) {
      if (result)
        one_done(i, {});
      else
        one_done(i, fail(std::move(result).error().context("while creating connector " + name)));
    });
  }
  one_done(connectors.size(), {});
  co_return;
}

Job StandaloneHerder::run_shutdown(std::function<void()> done) {
  std::vector<TaskId> tasks;
  const std::vector<std::string> names = table().names();
  for (const std::string &name : names) {
    Connector &connector = *table().find(name);
    table().renew(connector);
    const auto ids = connector.task_ids();
    tasks.insert(tasks.end(), ids.begin(), ids.end());
  }
  if (!tasks.empty())
    (void)co_await ask<Status>(
        [&](auto done) { supervisor().stop_tasks(std::move(tasks), std::move(done)); });
  auto left = std::make_shared<std::size_t>(names.size() + 1);
  auto one_done = [left, done = std::move(done)] {
    if (--*left == 0)
      done();
  };
  for (const std::string &name : names)
    supervisor().remove_connector(
        name, [this, one_done](const Status &) { tick().post([one_done] { one_done(); }); });
  one_done();
}

} // namespace host::herder
