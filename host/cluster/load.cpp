#include "host/cluster/load.h"

#include <tuple>
#include <unordered_set>

namespace host::cluster {
namespace {

bool has(const std::vector<TaskId> &items, const TaskId &item) {
  return std::ranges::binary_search(items, item);
}

void deal(std::vector<Load> &loads, const std::vector<TaskId> &items, Load::Kind kind) {
  std::vector<Load *> order;
  order.reserve(loads.size());
  for (Load &load : loads)
    order.push_back(&load);
  const auto size = [&](const Load *load) { return load->of(kind).size(); };
  std::ranges::sort(order, [&](const Load *a, const Load *b) {
    return std::tuple(size(a), std::string_view(a->id())) <
           std::tuple(size(b), std::string_view(b->id()));
  });
  std::size_t receivers = 0; // so many from the front have equally few
  std::size_t next = 0;
  for (const TaskId &item : items) {
    if (Load::kind_of(item) != kind)
      continue;
    if (next == receivers) {
      const std::size_t fewest = size(order.front());
      while (receivers < order.size() && size(order[receivers]) <= fewest)
        ++receivers;
      next = 0;
    }
    order[next++]->add(item);
  }
}

} // namespace

Load::Load(std::string id, const Work &work) : id_(std::move(id)) {
  std::unordered_set<TaskId> seen;
  for (const std::string &connector : work.connectors)
    if (TaskId item{connector, kConnectorNumber}; seen.insert(item).second)
      items_[0].push_back(std::move(item));
  for (const TaskId &task : work.tasks)
    if (kind_of(task) == Kind::Task && seen.insert(task).second)
      items_[1].push_back(task);
}

void Load::remove(const std::vector<TaskId> &items) {
  for (auto &list : items_)
    std::erase_if(list, [&](const TaskId &item) { return has(items, item); });
}

std::vector<TaskId> Load::among(const std::vector<TaskId> &items) const {
  std::vector<TaskId> found;
  for (const auto &list : items_)
    for (const TaskId &item : list)
      if (has(items, item))
        found.push_back(item);
  std::ranges::sort(found);
  return found;
}

std::vector<TaskId> sorted_items(const Work &work) {
  std::vector<TaskId> items(work.tasks);
  for (const std::string &connector : work.connectors)
    items.push_back({connector, kConnectorNumber});
  std::ranges::sort(items);
  const auto twice = std::ranges::unique(items);
  items.erase(twice.begin(), twice.end());
  return items;
}

Work work_of(const std::vector<TaskId> &items) {
  Work work;
  for (const TaskId &item : items)
    if (Load::kind_of(item) == Load::Kind::Connector)
      work.connectors.push_back(item.connector);
    else
      work.tasks.push_back(item);
  return work;
}

void deal(std::vector<Load> &loads, const std::vector<TaskId> &items) {
  for (const Load::Kind kind : Load::kKinds)
    deal(loads, items, kind);
}

} // namespace host::cluster
