#pragma once

#include "host/storage/config_store.h"
#include "host/storage/status_store.h"
#include "tests/unit/storage/answer.h"

// The asynchronous calls of the config and status stores, waited for.
namespace host::storage::test {

// Calls something with a callback and waits for what it is told. The answer is shared with the
// callback, which may come after its waiter gave up.
template <class Call> Status done(const Call &call, Duration time = Duration(20'000)) {
  const auto answer = std::make_shared<Answer<void>>();
  call([answer](Status status) { answer->tell(std::move(status)); });
  return answer->wait(time);
}

inline Status start(
    ConfigStore &store, ConfigStore::OnEvent on_event = [](const auto &) {},
    Duration time = Duration(20'000)) {
  return done([&](auto told) { store.start(std::move(on_event), told); }, time);
}
inline Status put_connector(ConfigStore &store, const std::string &name, const StringMap &config,
                            std::optional<TargetState> target = std::nullopt) {
  return done([&](auto told) { store.put_connector(name, config, target, told); });
}
inline Status put_tasks(ConfigStore &store, const std::string &name,
                        const std::vector<StringMap> &tasks) {
  return done([&](auto told) { store.put_task_configs(name, tasks, told); });
}
inline Status refresh(ConfigStore &store, Duration timeout = Duration(10'000)) {
  return done([&](auto told) { store.refresh(timeout, told); });
}

inline Status start(StatusStore &store, Duration time = Duration(20'000)) {
  return done([&](auto told) { store.start(told); }, time);
}
inline Status flush(StatusStore &store) {
  return done([&](auto told) { store.flush(told); });
}

} // namespace host::storage::test
