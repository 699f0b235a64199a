#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "host/base/ids.h"
#include "host/cluster/assignment.h"

namespace host::cluster {

inline constexpr std::int32_t kConnectorNumber = -1; // a connector among tasks

// What one member has or will have, in its order; a value of the assignors. A connector is a TaskId
// with number -1, so that what holds for both is said once.
class Load {
public:
  enum class Kind : std::uint8_t { Connector, Task }; // indexes
  static constexpr std::array kKinds{Kind::Connector, Kind::Task};
  static Kind kind_of(const TaskId &item) {
    return item.number == kConnectorNumber ? Kind::Connector : Kind::Task;
  }

  explicit Load(std::string id) : id_(std::move(id)) {}
  Load(std::string id, const Work &work);

  const std::string &id() const { return id_; }
  const std::vector<TaskId> &of(Kind kind) const { return items_[static_cast<std::size_t>(kind)]; }
  bool empty() const { return items_[0].empty() && items_[1].empty(); }

  void add(const TaskId &item) { items_[static_cast<std::size_t>(kind_of(item))].push_back(item); }
  // `items` are sorted, here and below.
  void remove(const std::vector<TaskId> &items);
  // What it has of `items`, sorted.
  std::vector<TaskId> among(const std::vector<TaskId> &items) const;

  Work work() const {
    return work([](const TaskId &) { return true; });
  }
  template <class Wanted> Work work(const Wanted &wanted) const {
    Work work;
    for (const TaskId &item : items_[0])
      if (wanted(item))
        work.connectors.push_back(item.connector);
    for (const TaskId &item : items_[1])
      if (wanted(item))
        work.tasks.push_back(item);
    return work;
  }

private:
  std::string id_;
  std::array<std::vector<TaskId>, kKinds.size()> items_;
};

// Connectors and tasks of a work, sorted, nothing twice; and back.
std::vector<TaskId> sorted_items(const Work &work);
Work work_of(const std::vector<TaskId> &items);

// Hands out connectors, then tasks, each in the given order: one to each of those that have the
// fewest of the kind, until nothing is left. Of equals, the lower id is first.
void deal(std::vector<Load> &loads, const std::vector<TaskId> &items);

} // namespace host::cluster
