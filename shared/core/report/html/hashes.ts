/**
 * SHA-256 of the page's style and script, by which its content security policy knows them. A test computes
 * both and says what should stand here; the core has no digest of its own.
 */
export const STYLE_HASH = "sha256-+ef+TfDSOcQIkZm88QWsIKkwVrFVL8Mo7O46ycsJWp0=";
export const SCRIPT_HASH = "sha256-FyOVTyTnvyOQClQ3GPUMUjMUC+Y252eL7fNZWly0O+Y=";
