/* SPDX-License-Identifier: GPL-2.0-only */
/* Removes a folder and all in it. */
#ifndef AMPRELAY_RELAY_REMOVE_TREE_H
#define AMPRELAY_RELAY_REMOVE_TREE_H

#define REMOVE_DEPTH_MAX 32 /**< folders in folders; a deeper tree stays */

/**
 * Removes what has that name, be it a file or a folder with folders. A link is removed, never followed, whoever changes
 * the tree meanwhile.
 *
 * @param dir  descriptor of the folder that it is in, or AT_FDCWD
 * @return 0 or a negative errno: the first; as much as could be removed has been
 */
int amp_remove_tree(int dir, const char *name);

#endif /* AMPRELAY_RELAY_REMOVE_TREE_H */
