/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file list.h
 * @brief Doubly linked lists in a ring; the list's head is a node without an object.
 *
 * A node is a member of its object (metal_container_of() finds the object); the list owns nothing. No function takes a
 * lock: the caller excludes others. Context: any.
 */
#ifndef METAL_LIST_H
#define METAL_LIST_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A node, or the head of a circular list. Links are not protected: the user locks. */
struct metal_list {
	struct metal_list *next;
	struct metal_list *prev;
};

/** Initialiser of an empty list of that name. */
#define METAL_INIT_LIST(name)    \
	{                        \
		&(name), &(name) \
	}

/** Define an empty list. */
#define METAL_DECLARE_LIST(name) struct metal_list name = METAL_INIT_LIST(name)

/** Make an empty list, or a node that is in none. */
static inline void metal_list_init(struct metal_list *list)
{
	list->next = list;
	list->prev = list;
}

/** Insert new_node before node. */
static inline void metal_list_add_before(struct metal_list *node, struct metal_list *new_node)
{
	new_node->prev = node->prev;
	new_node->next = node;
	new_node->next->prev = new_node;
	new_node->prev->next = new_node;
}

/** Insert new_node after node. */
static inline void metal_list_add_after(struct metal_list *node, struct metal_list *new_node)
{
	new_node->prev = node;
	new_node->next = node->next;
	new_node->next->prev = new_node;
	new_node->prev->next = new_node;
}

/** Insert as first node. */
static inline void metal_list_add_head(struct metal_list *list, struct metal_list *node)
{
	metal_list_add_after(list, node);
}

/** Insert as last node. */
static inline void metal_list_add_tail(struct metal_list *list, struct metal_list *node)
{
	metal_list_add_before(list, node);
}

/** Not 0 when the list has no node. */
static inline int metal_list_is_empty(struct metal_list *list)
{
	return list->next == list;
}

/** Take a node out of its list. It is then a list of its own, so that deleting it again does no harm. */
static inline void metal_list_del(struct metal_list *node)
{
	node->next->prev = node->prev;
	node->prev->next = node->next;
	metal_list_init(node);
}

/** First node, NULL if the list is empty. */
static inline struct metal_list *metal_list_first(struct metal_list *list)
{
	return metal_list_is_empty(list) ? NULL : list->next;
}

/** Loop over the nodes; the body must not remove `node`. */
#define metal_list_for_each(list, node) for ((node) = (list)->next; (node) != (list); (node) = (node)->next)

/** Loop over the nodes; the body may remove `node`. `temp` is a second struct metal_list pointer. */
#define metal_list_for_each_safe(list, temp, node) \
	for ((node) = (list)->next, (temp) = (node)->next; (node) != (list); (node) = (temp), (temp) = (node)->next)

/** Is the node in this list? */
static inline bool metal_list_find_node(struct metal_list *list, struct metal_list *node)
{
	struct metal_list *n;

	metal_list_for_each (list, n) {
		if (n == node)
			return true;
	}
	return false;
}

#ifdef __cplusplus
}
#endif

#endif /* METAL_LIST_H */
