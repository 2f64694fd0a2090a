"""Settings, read from the environment alone.

Without `DATABASE_URL` and `BROKER_URL` the embedded services of `manage.py up` are used.
`docs/guides/operate.md` lists every variable.
"""

from pathlib import Path

import django_stubs_ext
import environ
from csp.constants import SELF

from billing_portal.embedded.discovery import environment
from billing_portal.settings.cache import cache_at
from billing_portal.settings.database import credentials
from billing_portal.settings.logs import LOGGING_CONFIG_DICT

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent.parent

env = environ.Env()
RUNTIME = environment()  # what the installation running from this home offers


def setting(name: str, default: str = "") -> str:
    """One value.

    The environment's, a file's named by NAME_FILE, the embedded services', else the default.
    """
    file = env.str(f"{name}_FILE", default="")
    if file:
        return Path(file).read_text(encoding="utf-8").strip()
    return str(env.str(name, default=RUNTIME.get(name, default)))


# Identity of the site
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = setting("SECRET_KEY")
SEALING_KEYS = [key for key in setting("SEALING_KEYS").split(",") if key]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_NAME = env.str("SITE_NAME", default="Billing Portal")
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")  # in mail alone
HTTPS = env.bool("HTTPS", default=False)
DEMO = env.bool("DEMO", default=RUNTIME.get("DEMO", "") == "1")
PORTAL_HOME = Path(env.str("PORTAL_HOME", default=str(BASE_DIR / ".portal")))

INSTALLED_APPS = [
    "billing_portal.apps.PortalConfig",
    "billing_portal.kernel",
    "billing_portal.accounts",
    "billing_portal.access",
    "billing_portal.audit",
    "integrations",
    "cases",
    "billing_portal.apps.SetUpConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "guardian",
    "simple_history",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "template_partials",
    "heroicons",
    "csp",
    "axes",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "billing_portal.access.middleware.CorrelationMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "billing_portal.access.middleware.SessionLimitMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "billing_portal.access.middleware.ActorMiddleware",
    "cases.web.frame.TimeZoneMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "billing_portal.access.middleware.NoStoreMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "billing_portal.urls"
WSGI_APPLICATION = "billing_portal.wsgi.application"
ASGI_APPLICATION = "billing_portal.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cases.web.frame.frame",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# PostgreSQL only. The application's role owns nothing; migrations connect as the owner.
DATABASE_URL = setting("DATABASE_URL", "postgresql://portal_app@localhost/portal")
DATABASE_OWNER_URL = setting("DATABASE_OWNER_URL", DATABASE_URL)
STATEMENT_SECONDS = env.int("STATEMENT_SECONDS", default=300)  # the web server is given 30
PREPARE_AFTER = env.int("PREPARE_AFTER", default=2)  # runs of a statement; below 0 none is prepared
DATABASES = {
    "default": {
        **credentials(DATABASE_URL),
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=300),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "server_side_binding": True,
            "prepare_threshold": PREPARE_AFTER if PREPARE_AFTER >= 0 else None,
            "connect_timeout": 5,
            "application_name": "billing-portal",
            "options": f"-c statement_timeout={STATEMENT_SECONDS}s -c lock_timeout=5s"
            " -c idle_in_transaction_session_timeout=60s",
        },
        "TEST": {"NAME": "portal_test"},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Celery carries hints; rows carry truth.
CELERY_BROKER_URL = setting("BROKER_URL", "memory://")
CACHES = {"default": cache_at(CELERY_BROKER_URL)}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_timeout": 2,
    "socket_connect_timeout": 2,
}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_TIME_LIMIT = 1500
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"

# Who signs in
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "cases:home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "billing_portal.accounts.adapter.PortalAccountAdapter"
ACCOUNT_FORMS = {"login": "billing_portal.accounts.forms.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = False
MFA_TOTP_ISSUER = SITE_NAME
MFA_ADAPTER = "billing_portal.accounts.sealing.SealedSecondFactors"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
SETUP_NEEDS_SECOND_FACTOR = env.bool("SETUP_NEEDS_SECOND_FACTOR", default=not DEMO)
GUARDIAN_GET_INIT_ANONYMOUS_USER = None
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
# Grants are read in sets by `access.grants`, never asked one object at a time of a backend
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_FORM_FIELD = "login"
AXES_SENSITIVE_PARAMETERS = ["login", "username", "email"]
AXES_LOCKOUT_TEMPLATE = "account/locked_out.html"
AXES_VERBOSE = False

SESSION_ENGINE = "django.contrib.sessions.backends.db"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", default=15)
SESSION_ABSOLUTE_HOURS = env.int("SESSION_ABSOLUTE_HOURS", default=8)
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_HOURS * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "portal_session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "portal_csrf"
CSRF_FAILURE_VIEW = "cases.web.views.errors.csrf_failure"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: []
    for name in ("camera", "geolocation", "microphone", "payment", "usb", "display-capture")
}

# History
SIMPLE_HISTORY_REVERT_DISABLED = True
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True
SIMPLE_HISTORY_DATE_INDEX = False

# The API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "billing_portal.accounts.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": [
        "billing_portal.access.parsers.Json",
        "billing_portal.access.parsers.Form",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "billing_portal.api.paging.NewestFirst",
    "EXCEPTION_HANDLER": "billing_portal.api.problems.problem_response",
    "DEFAULT_THROTTLE_CLASSES": [
        "billing_portal.access.throttles.CallerThrottle",
        "billing_portal.access.throttles.StrangerThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {"user": "1200/min", "anon": "30/min"},
    "COERCE_DECIMAL_TO_STRING": True,
    "PAGE_SIZE": 40,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Billing Portal API",
    "DESCRIPTION": "Cases, queues, claims, remittances and messages, by the portal's own rules.\n\n"
    "## Calls\n\nEvery refusal is a problem (RFC 9457); every unsafe call may be sent twice.",
    "SWAGGER_UI_SETTINGS": {"deepLinking": False, "defaultModelsExpandDepth": 0},
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "billing_portal.api.schema.describe_calls",
    ],
    "ENUM_NAME_OVERRIDES": {
        "CaseStatus": "cases.work.lifecycle.CaseStatus",
        "Disposition": "cases.work.lifecycle.Disposition",
        "BatchStatus": "cases.bulk.models.BatchStatus",
        "BulkVerb": "cases.bulk.models.BulkVerb",
        "RowOutcome": "cases.bulk.models.RowOutcome",
        "Sharing": "cases.views.models.Sharing",
        "EditionState": "cases.editions.lifecycle.EditionState",
        "JobStatus": "cases.jobs.models.JobStatus",
        "ProjectState": "cases.projects.lifecycle.ProjectState",
        "ClockState": "cases.sla.vocabulary.ClockState",
        "MessageStatus": "integrations.inbox.models.MessageStatus",
        "OutboxState": "integrations.outbox.lifecycle.OutboxState",
        "CommandKind": "integrations.outbox.lifecycle.Kind",
        "PartStatus": "integrations.inbox.models.PartStatus",
        "NoteKind": "cases.work.models.NoteKind",
        "NoteOutcome": "cases.work.models.NoteOutcome",
        "LinkKind": "cases.collaboration.vocabulary.LinkKind",
        "MessageKind": "cases.notices.vocabulary.MessageKind",
        "Pace": "cases.notices.vocabulary.Pace",
        "Purpose": "cases.actions.revealing.Purpose",
        "Waiting": "cases.actions.working.Waiting",
        "AppealStatus": "cases.types.denial.appeals.lifecycle.AppealStatus",
        "AppealOutcome": "cases.types.denial.appeals.lifecycle.Outcome",
        "ResearchOutcome": "cases.types.refund.vocabulary.Outcome",
        "LookOutcome": "cases.types.small_balance.vocabulary.Outcome",
        "MoneyStage": "cases.insights.tracing.Stage",
        "AppealGround": "cases.types.denial.appeals.models.Ground",
        "ExhibitKind": "cases.types.denial.appeals.models.ExhibitKind",
        "ApprovalMatter": "cases.approvals.vocabulary.Matter",
        "ApprovalState": "cases.approvals.vocabulary.RequestState",
        "SampleMethod": "cases.quality.sampling.Method",
        "SubmissionMethod": "cases.types.denial.appeals.models.Method",
        "RecourseWay": "cases.types.denial.appeals.models.Way",
        "RecourseStatus": "cases.types.denial.appeals.models.RecourseStatus",
        "WriteOffProof": "cases.types.denial.appeals.models.Proof",
        "AdjustmentGroup": "integrations.canonical.models.AdjustmentGroup",
        "RemarkPlace": "integrations.canonical.models.RemarkPlace",
    },
}

# Time, language, numbers
LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
SITE_TIME_ZONE = env.str("SITE_TZ", default="America/Chicago")
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = True
BASE_CURRENCY = "USD"

# Static files and uploads
STATIC_URL = "static/"
STATIC_ROOT = PORTAL_HOME / "static"
MEDIA_ROOT = PORTAL_HOME / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["map", "png", "woff2", "gz", "br"]  # maps alone take 20 s
ATTACHMENT_MAX_BYTES = env.int("ATTACHMENT_MAX_BYTES", default=20 * 1024 * 1024)
MESSAGE_MAX_BYTES = env.int("MESSAGE_MAX_BYTES", default=512 * 1024 * 1024)
# A source may poll folders below these and no others: what lies in its folder is taken away
DROP_ROOTS = env.list("DROP_ROOTS", default=[str(PORTAL_HOME / "drop")])
# Other systems' hosts that may be called, at public addresses and those of these networks (CIDR)
PARTNER_HOSTS = env.list("PARTNER_HOSTS", default=[])
SANDBOX_URL = setting("SANDBOX_URL", "http://127.0.0.1:8099")
TRYTON_URL = setting("TRYTON_URL", "")
PARTNER_NETWORKS = env.list("PARTNER_NETWORKS", default=[])
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]

# Mail leaves only when told to
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="portal@localhost")

LOGGING = LOGGING_CONFIG_DICT
