// SPDX-License-Identifier: GPL-2.0-only
/* keygen, sign, verify: firmware for cores that run signed firmware only. No lab is needed. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli.h"
#include "common/text.h"
#include "secure/secure.h"

#define CORES_ARG_MAX 8

/* ------------------------------------------------------------------ keygen */

struct keygen {
	const char *name;
	bool force;
};

static const struct argp_option keygen_options[] = {
	{"force", 'f', NULL, 0, "Replace keys that are there: what they have signed is refused from then on", 0},
	{0},
};

static error_t parse_keygen(int key, char *arg, struct argp_state *state)
{
	struct keygen *keygen = state->input;

	switch (key) {
	case 'f':
		keygen->force = true;
		return 0;
	case ARGP_KEY_ARG:
		if (keygen->name)
			return ARGP_ERR_UNKNOWN;
		keygen->name = arg;
		return 0;
	case ARGP_KEY_END:
		if (!keygen->name)
			amp_cli_usage("what shall the keys be called? NAME.key and NAME.pub are made");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp keygen_argp = {
	.options = keygen_options,
	.parser = parse_keygen,
	.args_doc = "NAME",
	.doc = "Make a pair of keys, as 'minisign -G -W' does: NAME.key, which signs, and NAME.pub, by which a core's "
	       "description says whose firmware it takes.\vThe secret key has no password: whoever can read NAME.key "
	       "can "
	       "sign. Its mode is 0600.",
	.children = amp_cli_common,
};

int cmd_keygen(int argc, char **argv)
{
	char secret_path[PATH_MAX], public_path[PATH_MAX], id[SECURE_ID_TEXT], error[SECURE_TEXT_MAX];
	struct keygen keygen = {0};
	struct secure_key key;

	amp_cli_parse(&keygen_argp, argc, argv, 0, &keygen);
	amp_text(secret_path, sizeof(secret_path), "%s.key", keygen.name);
	amp_text(public_path, sizeof(public_path), "%s.pub", keygen.name);
	if (amp_secure_keygen(secret_path, public_path, keygen.force, error) ||
	    amp_key_load(&key, public_path, error)) {
		amp_cli_error("%s", error);
		return AMP_EXIT_FAILED;
	}
	amp_key_id(&key, id);
	if (amp_cli.json)
		amp_cli_print_json(json_pack("{s:o, s:o, s:s}", "secret", amp_cli_json_text(secret_path), "public",
		                             amp_cli_json_text(public_path), "id", id));
	else
		printf("key %s: %s signs, and is to be kept secret; %s is for who checks\n", id, secret_path,
		       public_path);
	return AMP_EXIT_OK;
}

/* ------------------------------------------------------------------ sign, verify */

struct job {
	const char *file, *key, *output;
	const char *core[CORES_ARG_MAX];
	unsigned int cores;
	bool has_version;
	uint32_t version;
};

static const struct argp_option sign_options[] = {
	{"key", 'k', "FILE.key", 0, "The secret key: of 'amprelay keygen', or of minisign without a password", 0},
	{"core", 'c', "CORE", 0, "The core that it is for; may be repeated", 0},
	{"image-version", 'V', "N", 0,
         "Its version: once it has been started, the core takes none with a lower one any more", 0},
	{"output", 'o', "FILE", 0,
         "Where the signature goes (default: FILE.minisig, where Linux's driver looks for it)", 0},
	{0},
};

static const struct argp_option verify_options[] = {
	{"key", 'k', "FILE.pub", 0, "The public key: of minisign, or for OP-TEE's format in PEM", 0},
	{"core", 'c', "CORE", 0, "It must be for this core", 0},
	{"signature", 'o', "FILE", 0, "Where the signature is (default: FILE.minisig)", 0},
	{0},
};

static void take_core(struct job *job, const char *core)
{
	if (!core[0] || strlen(core) > 15 || core[strcspn(core, " \t:")] != '\0')
		amp_cli_usage("--core '%s' is not the name of a core", core);
	if (job->cores == CORES_ARG_MAX)
		amp_cli_usage("--core: %d are the most", CORES_ARG_MAX);
	job->core[job->cores++] = core;
}

static error_t parse_job(int key, char *arg, struct argp_state *state)
{
	struct job *job = state->input;

	switch (key) {
	case 'k':
		job->key = arg;
		return 0;
	case 'c':
		take_core(job, arg);
		return 0;
	case 'V':
		job->version = (uint32_t)amp_cli_number(arg, "--image-version", UINT32_MAX);
		job->has_version = true;
		return 0;
	case 'o':
		job->output = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (job->file)
			return ARGP_ERR_UNKNOWN;
		job->file = arg;
		return 0;
	case ARGP_KEY_END:
		if (!job->file)
			amp_cli_usage("which firmware? an ELF file");
		if (!job->key)
			amp_cli_usage("--key is needed: 'amprelay keygen' makes one");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp sign_argp = {
	.options = sign_options,
	.parser = parse_job,
	.args_doc = "FILE",
	.doc = "Sign a firmware: writes FILE.minisig beside it. 'minisign -V' takes it, and the relay does, for a core "
	       "whose "
	       "description has the public key.\vThe trusted comment has the words core:CORE and version:N, so that "
	       "minisign can sign as well: minisign -S -s FILE.key -m FILE -t 'core:m3 version:2'",
	.children = amp_cli_common,
};

static const struct argp verify_argp = {
	.options = verify_options,
	.parser = parse_job,
	.args_doc = "FILE",
	.doc = "Check the signature of a firmware, and say which cores it is for. FILE is an ELF file with "
	       "FILE.minisig "
	       "beside it; or, if the key is in PEM, a container in OP-TEE's format.\vWhere its code lies is checked "
	       "when "
	       "it is started. Exit status 1: it is not signed, or not by this key, or not for this core.",
	.children = amp_cli_common,
};

static int read_file(struct secure_file *file, const char *path)
{
	int err = amp_secure_read(file, path, SECURE_FILE_MAX);

	if (err)
		amp_cli_error("%s: %s", path, strerror(-err));
	return err ? AMP_EXIT_ENVIRONMENT : AMP_EXIT_OK;
}

static void signature_path(const struct job *job, char out[PATH_MAX])
{
	if (job->output)
		amp_text(out, PATH_MAX, "%s", job->output);
	else
		amp_text(out, PATH_MAX, "%s%s", job->file, SECURE_SUFFIX);
}

static void make_comment(const struct job *job, char *out, size_t size)
{
	const char *name = strrchr(job->file, '/') ? strrchr(job->file, '/') + 1 : job->file;
	char clean[128], cores[CORES_ARG_MAX * 24] = "";

	amp_text_clean(clean, sizeof(clean), name, strlen(name));
	for (unsigned int i = 0; i < job->cores; i++)
		amp_text(cores + strlen(cores), sizeof(cores) - strlen(cores), "\tcore:%s", job->core[i]);
	for (char *c = clean; *c; c++) {
		if (*c == ' ')
			*c = '_'; /* a word of it must not become one of ours */
	}
	amp_text(out, size, "timestamp:%lld\tfile:%s%s\tversion:%u\thashed", (long long)time(NULL), clean, cores,
	         job->version);
}

static int sign_file(const struct job *job, const struct secure_file *file, const char *path)
{
	char signature[SECURE_SIGNATURE_MAX], comment[480], error[SECURE_TEXT_MAX];
	struct secure_secret secret;
	int err;

	if (amp_secret_load(&secret, job->key, error)) {
		amp_cli_error("%s", error);
		return AMP_EXIT_ENVIRONMENT;
	}
	make_comment(job, comment, sizeof(comment));
	err = amp_secure_sign(&secret, file->data, file->size, comment, signature, error);
	amp_secret_wipe(&secret);
	if (!err && (err = amp_secure_replace(path, signature, strlen(signature), 0644)) != 0)
		amp_text(error, sizeof(error), "%s: %s", path, strerror(-err));
	if (err)
		amp_cli_error("%s", error);
	return err ? AMP_EXIT_FAILED : AMP_EXIT_OK;
}

int cmd_sign(int argc, char **argv)
{
	struct job job = {0};
	struct secure_file file;
	char path[PATH_MAX];
	int status;

	amp_cli_parse(&sign_argp, argc, argv, 0, &job);
	if (job.cores == 0 || !job.has_version)
		amp_cli_usage("%s is needed: it is signed with the firmware",
		              job.cores == 0 ? "--core CORE" : "--image-version N");
	signature_path(&job, path);
	status = read_file(&file, job.file);
	if (status == AMP_EXIT_OK)
		status = sign_file(&job, &file, path);
	amp_secure_free(&file);
	if (status != AMP_EXIT_OK)
		return status;
	if (amp_cli.json)
		amp_cli_print_json(json_pack("{s:o, s:o}", "file", amp_cli_json_text(job.file), "signature",
		                             amp_cli_json_text(path)));
	else
		printf("%s is signed: %s\n", job.file, path);
	return AMP_EXIT_OK;
}

static bool names_core(const char *cores, const char *core)
{
	const char *at = cores;
	size_t len = strlen(core);

	while ((at = strstr(at, core)) != NULL) {
		if ((at == cores || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
			return true;
		at += len;
	}
	return false;
}

static int judge(const struct job *job, const struct secure_key *key, const struct secure_file *file,
                 const struct secure_file *signature)
{
	char cores[SECURE_CORES_MAX], id[SECURE_ID_TEXT], error[SECURE_TEXT_MAX];
	struct secure_image image;

	if (amp_secure_verify(key, file->data, file->size, signature->data, signature->size, &image, error)) {
		amp_cli_error("%s: %s", job->file, error);
		return AMP_EXIT_FAILED;
	}
	amp_text_clean(cores, sizeof(cores), image.cores, strlen(image.cores));
	for (unsigned int i = 0; i < job->cores; i++) {
		if (names_core(image.cores, job->core[i]))
			continue;
		amp_cli_error("%s: it is signed for core %s, not for %s", job->file, cores, job->core[i]);
		return AMP_EXIT_FAILED;
	}
	amp_key_id(key, id);
	if (amp_cli.json)
		amp_cli_print_json(json_pack("{s:o, s:s, s:s, s:s, s:I}", "file", amp_cli_json_text(job->file),
		                             "format", key->pem ? "optee" : "minisign", "key", id, "cores", cores,
		                             "version", (json_int_t)image.version));
	else
		printf("%s: signed with key %s for core %s, version %u\n", job->file, id, cores, image.version);
	return AMP_EXIT_OK;
}

int cmd_verify(int argc, char **argv)
{
	struct secure_file file = {0}, signature = {0};
	char path[PATH_MAX], error[SECURE_TEXT_MAX];
	struct job job = {0};
	struct secure_key key;
	int status = AMP_EXIT_OK, err = 0;

	amp_cli_parse(&verify_argp, argc, argv, 0, &job);
	signature_path(&job, path);
	if (amp_key_load(&key, job.key, error)) {
		amp_cli_error("%s", error);
		status = AMP_EXIT_ENVIRONMENT;
	}
	if (status == AMP_EXIT_OK)
		status = read_file(&file, job.file);
	if (status == AMP_EXIT_OK && !key.pem)
		err = amp_secure_read(&signature, path, SECURE_SIGNATURE_MAX);
	/* One that is not there is for the check to speak of. */
	if (err && err != -ENOENT) {
		amp_cli_error("%s: %s", path, strerror(-err));
		status = AMP_EXIT_ENVIRONMENT;
	}
	if (status == AMP_EXIT_OK)
		status = judge(&job, &key, &file, &signature);
	amp_secure_free(&file);
	amp_secure_free(&signature);
	amp_key_drop(&key);
	return status;
}
